import { packingItem, packingOrder, type PackingItem } from '../../queue/batch/packing-order.ts';
import type { Order } from '../../queue/order/order-schema.ts';
import type { OrderStore, OrderSummary } from '../../queue/store/order-store.ts';
import { batchCounts } from './batch-book.ts';
import type { BatchFilter, BatchView } from './station-desk.ts';

/** Orders that are looked at for one batch, the most urgent first: more than a station makes in a day. */
const LOOKED_AT = 5_000;

/** Makes an open batch of the queued orders that fit the filter and wait in no other batch, in packing order. */
export function createBatch(store: OrderStore, batchId: string, filter: BatchFilter): BatchView {
  const orderIds = packingOrder(fitting(store, filter)).map(({ orderId }) => orderId).slice(0, filter.limit);
  store.atomically(() => {
    store.batches.create(batchId);
    store.batches.setOrders(batchId, orderIds);
  });
  return batchView(store, batchId);
}

/** A batch with its counts and its orders. Throws `CLI-USAGE` for an unknown one. */
export function batchView(store: OrderStore, batchId: string): BatchView {
  return { ...batchCounts(store, batchId), orderIds: store.batches.ordersOf(batchId) };
}

/** Payloads are opened one after another, without their pictures, and nothing of them is kept but what decides the place. */
function fitting(store: OrderStore, filter: BatchFilter): readonly PackingItem[] {
  const wanted = filter.orderIds === undefined ? null : new Set(filter.orderIds);
  const candidates = wanted === null ? store.free(LOOKED_AT) : [...wanted].flatMap((orderId) => namedOrder(store, orderId));
  return candidates.flatMap((summary): readonly PackingItem[] => {
    if (!fitsSummary(summary, filter)) return [];
    const text = store.textOf(summary.orderId);
    // The store's seal vouches for what it wrote; the whole order is checked again before its card is made.
    const order = text === null ? null : (JSON.parse(text) as Order);
    return order !== null && fitsOrder(order, filter) ? [packingItem(order, summary.dueAt)] : [];
  });
}

function namedOrder(store: OrderStore, orderId: string): readonly OrderSummary[] {
  const summary = store.summaryOf(orderId);
  return summary === null || summary.state !== 'QUEUED' || isTaken(store, orderId) ? [] : [summary];
}

/** In a batch that is not over: what a stopped or cancelled one left may go into a new one. */
function isTaken({ batches }: OrderStore, orderId: string): boolean {
  const batchId = batches.batchOf(orderId);
  const state = batchId === null ? null : batches.find(batchId)?.state;
  return state === 'OPEN' || state === 'FROZEN' || state === 'RUNNING' || state === 'PAUSED';
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
