import { duplicateKey, identityKey } from '../../queue/order/derived-values.ts';
import { readStoredOrder, type Order } from '../../queue/order/order-schema.ts';
import type { KnownOrders } from '../../queue/rules/rule-context.ts';
import type { OrderStore } from '../../queue/store/order-store.ts';

/** States in which an order stands in nobody's way any more. */
const over: ReadonlySet<string> = new Set(['REJECTED', 'WITHDRAWN', 'FAILED']);

/**
 * What the rules ask of the station's store. Payloads are opened only for the orders in question, and nothing of them
 * is kept.
 */
export function knownOrders(store: OrderStore): KnownOrders {
  return {
    contentHashOf: (orderId) => store.contentHashOf(orderId),
    orderOfMessage: (messageId) => store.orderOfMessage(messageId),
    othersOf: (key, orderId) => store.ordersWithDuplicateKey(key).filter((other) => other.orderId !== orderId && !over.has(other.state)),
    cardOf: (cardNumber) => {
      const entry = store.cardNumbers.find(cardNumber);
      const order = entry === null ? null : storedOrder(store, entry.orderId);
      if (entry === null || order === null) return null;
      return { orderId: entry.orderId, duplicateKey: duplicateKey(order), status: entry.state === 'retired' ? 'TERMINATED' : 'PRODUCED' };
    },
    photoOfOther: (sha256, person) =>
      store.ordersWithFile(sha256).some(({ orderId, state }) => {
        const order = over.has(state) ? null : storedOrder(store, orderId);
        return order !== null && identityKey(order) !== person;
      }),
  };
}

function storedOrder(store: OrderStore, orderId: string): Order | null {
  const payload = store.getPayload(orderId);
  return payload === null ? null : readStoredOrder(JSON.parse(payload.payload));
}
