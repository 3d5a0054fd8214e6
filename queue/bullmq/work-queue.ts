import type { Wait } from '../../drivers/contracts/clock.ts';

/** An order to be woken for, with its place (1 first, 2 097 151 last; see `queue/batch/priority.ts`). */
export interface QueuedOrder {
  readonly orderId: string;
  readonly priority: number;
  /** The queue for those stations that can make it; missing where any can. */
  readonly lane?: string;
}

/** How many jobs stand where. A job counts once. */
export interface QueueCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
}

/**
 * What should be made next. A job is a wake-up call, never a permission: it holds the order id and its priority, nothing
 * of a person. Losing the queue loses nothing: the order store adds the orders again. Throws `QUE-UNAVAILABLE`.
 */
export interface OrderQueue extends AsyncDisposable {
  /** Adds an order, or makes a job of it that is finished, failed or put off wait again; changes the priority of one that waits. Repeatable. */
  enqueue(order: QueuedOrder, limit: Wait): Promise<void>;
  /** Many orders at once; those of equal priority come in the order of the list. */
  enqueueAll(orders: readonly QueuedOrder[], limit: Wait): Promise<void>;
  /** Takes a waiting order out. False when it is not there or a worker has it. */
  remove(orderId: string, limit: Wait): Promise<boolean>;
  counts(limit: Wait): Promise<QueueCounts>;
  /** The priority of the order that would be taken next, or null when none waits. */
  nextPriority(limit: Wait): Promise<number | null>;
  /**
   * At a station's start: jobs that its predecessor took and never ended wait again at once, instead of after their
   * lock. Only for a station that knows itself alone, by its journal's lock. Gives how many.
   */
  returnAbandoned(stationId: string, limit: Wait): Promise<number>;
}

/** What the handler made of an order: done with it (produced, refused, held), or come back later. */
export type HandlerAnswer = 'done' | { readonly deferMs: number };

/**
 * Works on one order. `signal` fires when the job's lock is lost or the worker is told to stop at once; the handler
 * decides what that means (a card inside is finished). What it throws is reported and the order comes back later.
 */
export type OrderHandler = (orderId: string, signal: AbortSignal) => Promise<HandlerAnswer>;

/** The consumer at one bench: one order at a time. Disposal waits for the order in hand. */
export interface OrderWorker extends AsyncDisposable {

  /** Takes no new order; resolves when the one in hand is done. Throws `LNK-TIMEOUT` when it is not done in time; the pause stands. */
  pause(limit: Wait): Promise<void>;
  resume(): Promise<void>;
  /** The order in hand, or null. */
  current(): string | null;
  /** Ends: waits for the order in hand at most `limit`, then fires its signal and waits for it to return. */
  stop(limit: Wait): Promise<void>;
}

/** A consumer that takes turns with others of its station. */
export interface LaneMember extends OrderWorker {
  /** False: takes no new order until it is told otherwise, and does not wait for the one in hand. What comes meanwhile is handed back. */
  mayTake(may: boolean): Promise<void>;
}
