import type { Wait } from '../../drivers/contracts/clock.ts';
import type { RedisLink } from '../redis/redis-link.ts';

/** How long a notice stays where no station takes it away, in seconds: longer than any order is in a machine. */
export const noticeKeptSeconds = 7 * 86_400;

/** Orders that were taken back at one station of a site and may be in the machine of another. Calls throw `QUE-UNAVAILABLE`. */
export interface WithdrawalNotices {
  put(orderIds: readonly string[], limit: Wait): Promise<void>;
  has(orderId: string, limit: Wait): Promise<boolean>;
  remove(orderId: string, limit: Wait): Promise<void>;
}

/** The notices under a prefix; the link stays the caller's. */
export function openWithdrawalNotices(link: RedisLink, prefix: string): WithdrawalNotices {
  const keyOf = (orderId: string): string => `${prefix}:withdrawn:${orderId}`;
  return {
    async put(orderIds, limit) {
      await link.run(limit, (client) => Promise.all(orderIds.map((orderId) => client.set(keyOf(orderId), '1', 'EX', noticeKeptSeconds))));
    },
    async has(orderId, limit) {
      return (await link.run(limit, (client) => client.exists(keyOf(orderId)))) === 1;
    },
    async remove(orderId, limit) {
      await link.run(limit, (client) => client.unlink(keyOf(orderId)));
    },
  };
}
