import type { Wait } from '../../drivers/contracts/clock.ts';
import type { RedisLink } from '../redis/redis-link.ts';
import type { DataCipher } from '../store/data-cipher.ts';
import { openParcel, sealParcel, type OrderParcel } from './parcel.ts';

/** Parcels asked for or taken away in one call. */
const atOnce = 200;

/**
 * Where stations lay the orders that others may make: sealed, on the server they share, for as long as an order is told
 * to the queue and not ended. A station tells at most some hundreds of orders at a time, so a long backlog takes no memory here.
 */
export interface OrderShelf {
  /** Which of these orders have a parcel. */
  laid(orderIds: readonly string[], limit: Wait): Promise<ReadonlySet<string>>;
  lay(parcel: OrderParcel, limit: Wait): Promise<void>;
  /** The parcel of an order; it stays until it is removed. Null when none is there. Throws `STO-BROKEN` for one of another site's key. */
  look(orderId: string, limit: Wait): Promise<OrderParcel | null>;
  remove(orderIds: readonly string[], limit: Wait): Promise<void>;
}

/** The shelf under a prefix; link and cipher stay the caller's. Calls throw `QUE-UNAVAILABLE`. */
export function openShelf(link: RedisLink, prefix: string, cipher: DataCipher): OrderShelf {
  const keyOf = (orderId: string): string => `${prefix}:parcel:${orderId}`;
  return {
    async laid(orderIds, limit) {
      const found = new Set<string>();
      for (let start = 0; start < orderIds.length; start += atOnce) {
        const some = orderIds.slice(start, start + atOnce);
        const there = await link.run(limit, (client) => Promise.all(some.map((orderId) => client.exists(keyOf(orderId)))));
        for (const [index, count] of there.entries()) if (count === 1) found.add(some[index] ?? '');
      }
      return found;
    },
    async lay(parcel, limit) {
      await link.run(limit, (client) => client.set(keyOf(parcel.orderId), sealParcel(parcel, cipher)));
    },
    async look(orderId, limit) {
      const sealed = await link.run(limit, (client) => client.getBuffer(keyOf(orderId)));
      return sealed === null ? null : openParcel(orderId, sealed, cipher);
    },
    async remove(orderIds, limit) {
      for (let start = 0; start < orderIds.length; start += atOnce) {
        const some = orderIds.slice(start, start + atOnce);
        if (some.length > 0) await link.run(limit, (client) => client.unlink(...some.map(keyOf)));
      }
    },
  };
}
