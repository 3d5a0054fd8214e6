import { contentHash } from '../../queue/order/content-hash.ts';
import { duplicateKey, identityKey } from '../../queue/order/derived-values.ts';
import type { OrderUnderCheck } from '../../queue/order/order-schema.ts';
import type { KnownCard, KnownOrders } from '../../queue/rules/rule-context.ts';

/** What the station knows, and what the batch under way has brought so far. */
export interface BatchKnowledge {
  readonly known: KnownOrders;
  /** Enters an order that will be produced: the next ones are judged with it in mind. */
  add(order: OrderUnderCheck): void;
}

/** Lays the orders of one batch over what is known already, so that the second of two orders for one person is found. */
export function batchKnowledge(known: KnownOrders): BatchKnowledge {
  const hashes = new Map<string, string>();
  const messages = new Map<string, string>();
  const holders = new Map<string, string[]>();
  const cards = new Map<string, KnownCard>();
  const photos = new Map<string, string>();
  return {
    known: {
      contentHashOf: (orderId) => known.contentHashOf(orderId) ?? hashes.get(orderId) ?? null,
      orderOfMessage: (messageId) => known.orderOfMessage(messageId) ?? messages.get(messageId) ?? null,
      othersOf: (key, orderId) => {
        const here = (holders.get(key) ?? []).filter((id) => id !== orderId);
        const there = known.othersOf(key, orderId);
        return [...there, ...here.filter((id) => !there.some((other) => other.orderId === id)).map((id) => ({ orderId: id }))];
      },
      cardOf: (number) => known.cardOf(number) ?? cards.get(number) ?? null,
      photoOfOther: (sha256, person) => known.photoOfOther(sha256, person) || (photos.get(sha256) ?? person) !== person,
    },
    add(order) {
      const { orderId, messageId } = order;
      const key = duplicateKey(order);
      hashes.set(orderId, contentHash(order) ?? '');
      if (messageId !== undefined) messages.set(messageId, orderId);
      holders.set(key, [...(holders.get(key) ?? []), orderId]);
      if (order.card.number !== undefined) cards.set(order.card.number, { orderId, duplicateKey: key, status: 'PRODUCED' });
      if (order.photo !== null) photos.set(order.photo.sha256, identityKey(order));
    },
  };
}
