import type { BatchState } from '../../queue/batch/batch-life-cycle.ts';
import { atBench, countsClose, type BlankTally } from '../../queue/stock/stock-account.ts';
import type { OrderStore } from '../../queue/store/order-store.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';

/** The counts of a batch, and whether they close. `difference`: blanks issued that nothing accounts for. */
export interface BatchCounts {
  readonly batchId: string;
  readonly state: BatchState;
  readonly tally: BlankTally;
  readonly difference: number;
  readonly closes: boolean;
}

/** States of orders for which a batch goes on. */
const left: ReadonlySet<string> = new Set(['QUEUED', 'IN_PRODUCTION', 'HELD']);

/** The counts of a batch as they stand. Throws `CLI-USAGE` for an unknown batch. */
export function batchCounts(store: OrderStore, batchId: string): BatchCounts {
  const batch = store.batches.find(batchId);
  if (batch === null) throw new StationFault('CLI-USAGE', { field: 'batch', note: `there is no batch ${batchId}` });
  const tally = store.stock.tallyOfBatch(batchId);
  const difference = tally.moved.issued === 0 ? 0 : atBench(tally);
  return { batchId, state: batch.state, tally, difference, closes: countsClose(tally) };
}

/** Makes a batch of these orders and starts it. */
export function openBatch(store: OrderStore, batchId: string, orderIds: readonly string[]): void {
  store.atomically(() => {
    store.batches.create(batchId);
    store.batches.setOrders(batchId, orderIds);
    store.batches.happen(batchId, 'start');
  });
}

/** The batch of an order that was just in the machine, when nothing of it is left to make or it is being counted; else null. */
export function batchToEnd(store: OrderStore, orderId: string): string | null {
  const batchId = store.batches.batchOf(orderId);
  const state = batchId === null ? null : store.batches.find(batchId)?.state;
  if (state === 'COUNTING') return batchId;
  return batchId === null || state !== 'RUNNING' || isAnyLeft(store, batchId) ? null : batchId;
}

function isAnyLeft(store: OrderStore, batchId: string): boolean {
  return store.batches.ordersOf(batchId).some((id) => left.has(store.summaryOf(id)?.state ?? ''));
}

/** A batch has nothing left to make: its blanks are counted, and it is closed when the counts close. */
export function endBatch(store: OrderStore, batchId: string): BatchCounts {
  return store.atomically(() => {
    const { state } = batchCounts(store, batchId);
    if (state === 'RUNNING') store.batches.happen(batchId, 'finish');
    if (state === 'PAUSED') store.batches.happen(batchId, 'stop');
    const counts = batchCounts(store, batchId);
    if (counts.state === 'COUNTING' && counts.closes) store.batches.happen(batchId, 'close');
    return batchCounts(store, batchId);
  });
}

/** Ends every batch but one that begins of which nothing is left to make, and closes those whose counts close by now. */
export function endFinished(store: OrderStore, begins: string | null): void {
  for (const { batchId, state } of store.batches.list()) {
    if (batchId === begins) continue;
    if (state === 'COUNTING' || (state === 'RUNNING' && !isAnyLeft(store, batchId))) endBatch(store, batchId);
  }
}

/**
 * Closes a batch whose blanks were counted. Where the counts do not close, a person signs the difference with a reason.
 * Throws `QC-COUNT` without one, `CLI-USAGE` when the batch is not being counted.
 */
export function closeBatch(store: OrderStore, batchId: string, signature: { readonly by: string; readonly reason: string } | null): BatchCounts {
  return store.atomically(() => {
    const { closes, difference, tally } = batchCounts(store, batchId);
    if (!closes) {
      if (signature === null) throw new StationFault('QC-COUNT', { note: `${batchId}: ${difference} blanks are not accounted for, ${tally.inside} inside, ${tally.held} held`, data: { difference } });
      store.batches.sign(batchId, { ...signature, difference });
    }
    store.batches.happen(batchId, 'close');
    return batchCounts(store, batchId);
  });
}

/** A name for a batch, from the time of its start: `B-20261122-093000` (UTC). */
export function batchIdAt(at: number): string {
  return `B-${new Date(at).toISOString().replaceAll(/[-:]/g, '').slice(0, 15).replace('T', '-')}`;
}
