import type { BatchEvent, BatchState } from './batch-life-cycle.ts';

/** A batch as the store keeps it. */
export interface BatchSummary {
  readonly batchId: string;
  readonly state: BatchState;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly orders: number;
  /** Who signed for counts that do not close, and why; null when they close or are not counted yet. */
  readonly signature: { readonly by: string; readonly reason: string; readonly difference: number } | null;
}

/** The batches of a station. An order is in one batch at most. */
export interface Batches {
  /** Makes an empty open batch. Throws `CLI-USAGE` when the id is taken. */
  create(batchId: string): void;
  find(batchId: string): BatchSummary | null;
  /** Newest first. */
  list(): readonly BatchSummary[];
  /** Replaces the list, in the order in which the cards shall be made; an order of another batch moves here. Throws `CLI-USAGE` unless the batch is open. */
  setOrders(batchId: string, orderIds: readonly string[]): void;
  /** Takes an order out of its batch, in any state of the batch. */
  takeOut(orderId: string): void;
  ordersOf(batchId: string): readonly string[];
  batchOf(orderId: string): string | null;
  /** Moves the batch on. Throws `CLI-USAGE` when the event cannot happen in its state. */
  happen(batchId: string, event: BatchEvent): BatchState;
  /** Keeps who signed for a difference. */
  sign(batchId: string, signature: { readonly by: string; readonly reason: string; readonly difference: number }): void;
}
