import type { Wait } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { openRedisClaims, type RedisClaimsOptions } from './redis-claims.ts';

/** Fences that a station which cannot be asked may have been given past what the server remembers. */
const fenceMargin = 1_000;

/**
 * A person answers for a station that is down, so that the others need not wait for it at the barrier (queue.md 2.6).
 * The orders that it may have begun stay its own until it returns or a person settles them: those the server still knows as its
 * claims do so by themselves, those of `openOrders` are entered where the server forgot them. `by` is kept beside the barrier.
 * Throws `CFG-INVALID` for a station that is not one of `stations`, `CLI-USAGE` when it is the asker itself.
 */
export async function answerForStation(options: RedisClaimsOptions, asker: string, openOrders: readonly string[], by: string, limit: Wait): Promise<void> {
  const { link, prefix, stationId } = options;
  if (stationId === asker) throw new StationFault('CLI-USAGE', { field: 'station', note: 'a station answers for itself when it starts' });
  const remembered = Number((await link.run(limit, (client) => client.get(`${prefix}:fence`))) ?? '0');
  await using claims = openRedisClaims(options);
  await link.run(limit, (client) => client.hset(`${prefix}:answered`, stationId, by));
  await claims.publish(openOrders.map((orderId) => ({ orderId, fence: remembered + 1, outcome: null })), remembered + fenceMargin, limit);
}
