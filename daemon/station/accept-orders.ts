import canonicalize from 'canonicalize';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { duplicateKey } from '../../queue/order/derived-values.ts';
import { dueAt } from '../../queue/order/due-time.ts';
import type { OrderStore, PutAnswer } from '../../queue/store/order-store.ts';
import type { AcceptedOrder } from '../intake/intake-result.ts';

/** What the store said of an order: new, known with its state, or the same number with other content. */
export interface Acceptance {
  readonly orderId: string;
  readonly answer: PutAnswer;
  /** State of the order in the store after this. */
  readonly state: string;
}

/** Puts checked orders into the store, each once; the queue is told afterwards. Throws what the store throws. */
export function acceptOrders(store: OrderStore, accepted: readonly AcceptedOrder[]): readonly Acceptance[] {
  return accepted.map(({ order, photo, logo, contentHash }) => {
    const payload = canonicalize(order);
    if (payload === undefined) throw new StationFault('ORD-SCHEMA', { field: order.orderId });
    const files = logo === null ? [{ role: 'photo' as const, bytes: photo }] : [{ role: 'photo' as const, bytes: photo }, { role: 'logo' as const, bytes: logo }];
    const answer = store.putOrder({
      orderId: order.orderId,
      ...(order.messageId === undefined ? {} : { messageId: order.messageId }),
      contentHash,
      duplicateKey: duplicateKey(order),
      state: 'QUEUED',
      express: order.delivery.mode === 'EXPRESS_PICKUP',
      dueAt: dueAt(order),
      payload,
      files,
    });
    return { orderId: order.orderId, answer, state: store.summaryOf(order.orderId)?.state ?? 'QUEUED' };
  });
}
