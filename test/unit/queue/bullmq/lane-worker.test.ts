import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { openLaneQueue, type LaneQueue } from '../../../../queue/bullmq/lane-queue.ts';
import { openLaneWorker } from '../../../../queue/bullmq/lane-worker.ts';
import type { OrderWorker } from '../../../../queue/bullmq/work-queue.ts';
import type { RedisLink } from '../../../../queue/redis/redis-link.ts';
import { patience, TestRedis } from '../../../support/queue/test-redis.ts';

const prefix = '{lanes}';
const soon = patience();

describe('The worker of a station that serves several lanes', () => {
  let redis: TestRedis;
  let link: RedisLink;
  let queue: LaneQueue;
  let worker: OrderWorker | null;
  const taken: string[] = [];
  let inHand = 0;
  let mostInHand = 0;

  beforeEach(async () => {
    redis = await TestRedis.open();
    link = await redis.link();
    queue = openLaneQueue(link, prefix, 'cards');
    worker = null;
    taken.length = 0;
    mostInHand = 0;
  });

  afterEach(async () => {
    await worker?.[Symbol.asyncDispose]();
    await queue[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
  });

  function start(lanes: readonly string[], workMs: number): void {
    worker = openLaneWorker({
      link, queue, prefix, commonLane: 'cards', lanes: async () => lanes, stationId: 'st1', clock: systemClock,
      onFault: (_orderId, error) => { throw error; },
      handler: async (orderId, signal) => {
        inHand += 1;
        mostInHand = Math.max(mostInHand, inHand);
        await systemClock.sleep(workMs, signal);
        inHand -= 1;
        taken.push(orderId);
        return 'done';
      },
    });
  }

  it('has one order in hand at a time, and takes the most urgent of all lanes next', async () => {
    start(['cards-a'], 150);
    await queue.enqueueAll([{ orderId: 'first', priority: 1 }], soon);
    await expect.poll(() => inHand).toBe(1);
    await expect.poll(() => link.client.exists(`${prefix}:cards-a:stalled-check`)).toBe(1);
    await queue.enqueueAll([{ orderId: 'c50', priority: 50 }, { orderId: 'a20', priority: 20, lane: 'cards-a' }, { orderId: 'c10', priority: 10 }, { orderId: 'a60', priority: 60, lane: 'cards-a' }], soon);
    await expect.poll(() => taken, { timeout: 10_000 }).toEqual(['first', 'c10', 'a20', 'c50', 'a60']);
    expect(mostInHand).toBe(1);
  });

  it('leaves the lanes of others alone, and moves an order that is told anew to another lane', async () => {
    start(['cards-a'], 1);
    await queue.enqueueAll([{ orderId: 'theirs', priority: 1, lane: 'cards-b' }, { orderId: 'mine', priority: 2, lane: 'cards-a' }], soon);
    await expect.poll(() => taken, { timeout: 10_000 }).toEqual(['mine']);
    expect(await queue.lane('cards-b').counts(soon)).toMatchObject({ waiting: 1 });
    await queue.enqueueAll([{ orderId: 'theirs', priority: 1, lane: 'cards-a' }], soon);
    await expect.poll(() => taken, { timeout: 10_000 }).toEqual(['mine', 'theirs']);
    expect(await queue.lane('cards-b').counts(soon)).toMatchObject({ waiting: 0 });
  });

  it('takes nothing while it is paused, in any lane', async () => {
    start(['cards-a'], 1);
    await worker?.pause(soon);
    await queue.enqueueAll([{ orderId: 'c', priority: 1 }, { orderId: 'a', priority: 1, lane: 'cards-a' }], soon);
    await systemClock.sleep(400, soon.signal);
    expect(taken).toEqual([]);
    await worker?.resume();
    await expect.poll(() => taken.toSorted(), { timeout: 10_000 }).toEqual(['a', 'c']);
  });
});
