import { StationFault } from '../../drivers/contracts/fault.ts';
import { dueWarning, warnedBefore } from '../../queue/order/due-warning.ts';
import { nextOrderState, type OrderEvent, type OrderState } from '../../queue/order/life-cycle.ts';
import type { OrderStore } from '../../queue/store/order-store.ts';
import type { Journal } from '../../queue/journal/journal.ts';
import type { OrderView, StationStatus } from './station-desk.ts';

/** States in which a card is still to be made. */
export const dueStates: readonly OrderState[] = ['QUEUED', 'IN_PRODUCTION'];

/** Whether no card of the order may come from here any more: it was withdrawn, or a person gave it to another station. */
export function isTakenBack(store: OrderStore, orderId: string): boolean {
  const { state } = store.summaryOf(orderId) ?? {};
  return state === 'WITHDRAWN' || state === 'MADE_ELSEWHERE';
}

/** States of orders that may come too late. */
export const unfinished: readonly OrderState[] = [...dueStates, 'HELD', 'APPROVED'];

/** Orders that are late, or at risk of it: the earliest due, at most `limit`. */
export function lateOrders(store: OrderStore, now: number, limit: number): StationStatus['late'] {
  return store.dueBefore(unfinished, warnedBefore(now), limit).flatMap(({ orderId, express, dueAt }) => {
    const code = dueWarning({ express, dueAt }, now);
    return code === null || dueAt === null ? [] : [{ orderId, code, dueAt }];
  });
}

/** What is known of an order, without its person. Throws `STO-UNKNOWN-ORDER`. */
export function orderView(store: OrderStore, journal: Journal, orderId: string): OrderView {
  return { summary: mustKnow(store, orderId), batchId: store.batches.batchOf(orderId), cardNumbers: store.cardNumbers.ofOrder(orderId), blanks: store.blanks.entriesOf(orderId), records: journal.recordsOf(orderId) };
}

/**
 * Takes an order back: it leaves its batch and becomes WITHDRAWN, the portal is told. A card in the machine is then scrapped by
 * the order machine. Throws `CLI-USAGE` when it is produced already.
 */
export function withdrawOrder(store: OrderStore, orderId: string, by: string): OrderState {
  return store.atomically(() => {
    const { state } = mustKnow(store, orderId);
    const next = state === 'IN_PRODUCTION' ? 'WITHDRAWN' : nextOrderState(state as OrderState, 'withdraw');
    if (next === null) throw new StationFault('CLI-USAGE', { field: 'order', note: `${orderId} is ${state}: it cannot be withdrawn` });
    store.setState(orderId, next, { reasons: ['ORD-WITHDRAWN'] });
    store.batches.takeOut(orderId);
    store.outbox.put({ id: `${orderId}.withdrawn`, orderId, kind: 'order-withdrawn', body: JSON.stringify({ orderId, by }) });
    return next;
  });
}

/** Moves an order on by an event of its life cycle; shipping and closing are told to the portal. Throws `CLI-USAGE` when it cannot happen. */
export function advanceOrder(store: OrderStore, orderId: string, event: OrderEvent): OrderState {
  return store.atomically(() => {
    const { state } = mustKnow(store, orderId);
    const next = nextOrderState(state as OrderState, event);
    if (next === null) throw new StationFault('CLI-USAGE', { field: 'order', note: `${orderId} is ${state}: it cannot ${event}` });
    store.setState(orderId, next);
    if (event !== 'requeue') store.outbox.put({ id: `${orderId}.${next}`, orderId, kind: 'order-state', body: JSON.stringify({ orderId, state: next }) });
    return next;
  });
}

function mustKnow(store: OrderStore, orderId: string): OrderView['summary'] {
  const summary = store.summaryOf(orderId);
  if (summary === null) throw new StationFault('STO-UNKNOWN-ORDER', { note: orderId, data: { orderId } });
  return summary;
}
