import type { Clock } from '../../drivers/contracts/clock.ts';
import { packingItem, packingOrder, type PackingItem } from '../../queue/batch/packing-order.ts';
import type { Order } from '../../queue/order/order-schema.ts';
import type { OrderStore, OrderSummary } from '../../queue/store/order-store.ts';
import { batchCounts } from './batch-book.ts';
import { breathe } from './breathe.ts';
import type { BatchFilter, BatchView } from './station-desk.ts';

/** Orders that are looked at for one batch, the most urgent first: more than a station makes in a day. */
const LOOKED_AT = 5_000;

/** What a batch is put together with; `signal` fires when the station ends. */
export interface BatchFilling {
  readonly store: OrderStore;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Makes an open batch of the queued orders that fit the filter and wait in no other batch, in packing order. The orders are
 * looked at in slices, so that the station answers others meanwhile; one that changed since leaves its place to the next.
 * Throws `CLI-USAGE` when the id is taken, `STA-ABORTED`.
 */
export async function createBatch(filling: BatchFilling, batchId: string, filter: BatchFilter): Promise<BatchView> {
  const { store } = filling;
  const found = await fitting(filling, filter);
  const packed = packingOrder([...found.values()].map(({ item }) => item));
  store.atomically(() => {
    const orderIds: string[] = [];
    for (const { orderId } of packed) {
      if (orderIds.length === filter.limit) break;
      const [seen, now] = [found.get(orderId)?.seen, store.free.named(orderId)];
      if (now !== null && now.contentHash === seen?.contentHash && now.dueAt === seen.dueAt) orderIds.push(orderId);
    }
    store.batches.create(batchId);
    store.batches.setOrders(batchId, orderIds);
  });
  return batchView(store, batchId);
}

/** A batch with its counts and its orders. Throws `CLI-USAGE` for an unknown one. */
export function batchView(store: OrderStore, batchId: string): BatchView {
  return { ...batchCounts(store, batchId), orderIds: store.batches.ordersOf(batchId) };
}

interface Fitting {
  readonly seen: OrderSummary;
  readonly item: PackingItem;
}

/** Payloads are opened one after another, without their pictures, and nothing of them is kept but what decides the place. */
async function fitting({ store, clock, signal }: BatchFilling, filter: BatchFilter): Promise<ReadonlyMap<string, Fitting>> {
  const found = new Map<string, Fitting>();
  for await (const seen of breathe(candidates(store, filter), clock, signal)) {
    if (!fitsSummary(seen, filter)) continue;
    const text = store.textOf(seen.orderId);
    // The store's seal vouches for what it wrote; the whole order is checked again before its card is made.
    const order = text === null ? null : (JSON.parse(text) as Order);
    if (order !== null && fitsOrder(order, filter)) found.set(seen.orderId, { seen, item: packingItem(order, seen.dueAt) });
  }
  return found;
}

function* candidates(store: OrderStore, filter: BatchFilter): Iterable<OrderSummary> {
  if (filter.orderIds !== undefined) {
    for (const orderId of new Set(filter.orderIds)) yield* [store.free.named(orderId)].filter((found) => found !== null);
    return;
  }
  let looked = 0;
  for (const summary of store.free.all()) {
    if ((looked += 1) > LOOKED_AT) return;
    yield summary;
  }
}

function fitsSummary({ express, dueAt }: OrderSummary, filter: BatchFilter): boolean {
  if (filter.express !== undefined && filter.express !== express) return false;
  return filter.dueBefore === undefined || (dueAt !== null && dueAt < filter.dueBefore);
}

function fitsOrder({ company, delivery, card }: Order, { company: wantedCompany, postalCode, technology }: BatchFilter): boolean {
  const fold = (text: string): string => text.toLocaleLowerCase('sv');
  if (wantedCompany !== undefined && !fold(company.registeredName).includes(fold(wantedCompany))) return false;
  if (postalCode !== undefined && delivery.address?.postalCode?.replaceAll(' ', '') !== postalCode.replaceAll(' ', '')) return false;
  return technology === undefined || card.technologyProfile === technology;
}
