import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { priorityOf } from '../../../../queue/batch/priority.ts';
import { openOrderQueue } from '../../../../queue/bullmq/order-queue.ts';
import { openOrderWorker } from '../../../../queue/bullmq/order-worker.ts';
import { jobIdOf, type QueueAddress } from '../../../../queue/bullmq/queue-address.ts';
import type { OrderQueue } from '../../../../queue/bullmq/work-queue.ts';
import type { RedisLink } from '../../../../queue/redis/redis-link.ts';
import { expectRejectedFault } from '../../../support/queue/expect-fault.ts';
import { patience, TestRedis } from '../../../support/queue/test-redis.ts';

const soon = patience();
let redis: TestRedis;
let link: RedisLink;
let queue: OrderQueue;
let address: QueueAddress;
let queues = 0;

beforeAll(async () => {
  redis = await TestRedis.open();
  link = await redis.link();
});

afterAll(async () => redis[Symbol.asyncDispose]());

beforeEach(() => {
  queues += 1;
  address = { prefix: '{queue}', queueName: `cards-${queues}` };
  queue = openOrderQueue(link, address);
});

afterEach(async () => queue[Symbol.asyncDispose]());

/** Takes all that waits, one after another, and gives the ids in the order of taking. */
async function takeAll(count: number): Promise<readonly string[]> {
  const taken: string[] = [];
  await using worker = openOrderWorker({
    link, queue, address, stationId: 'st1', clock: systemClock, onFault: () => undefined,
    handler: async (orderId) => { taken.push(orderId); return Promise.resolve('done'); },
  });
  await expect.poll(() => taken.length, { timeout: 10_000, interval: 10 }).toBe(count);
  await worker.stop(soon);
  return taken;
}

describe('The queue of orders', () => {
  it('gives express before standard, in each the earliest due, of one priority the first to come', async () => {
    const at = (hours: number): number => Date.UTC(2026, 10, 22) + hours * 3_600_000;
    const orders = [
      { orderId: 'standard-late', priority: priorityOf({ express: false, dueAt: at(90) }) },
      { orderId: 'standard-early', priority: priorityOf({ express: false, dueAt: at(30) }) },
      { orderId: 'standard-early-2', priority: priorityOf({ express: false, dueAt: at(30) }) },
      { orderId: 'standard-unknown', priority: priorityOf({ express: false, dueAt: null }) },
      { orderId: 'express-late', priority: priorityOf({ express: true, dueAt: at(40) }) },
      { orderId: 'express-early', priority: priorityOf({ express: true, dueAt: at(1) }) },
    ];
    await queue.enqueueAll(orders, soon);
    expect(await takeAll(6)).toEqual(['express-early', 'express-late', 'standard-early', 'standard-early-2', 'standard-late', 'standard-unknown']);
  });

  it('holds an order once, however often it is added, and moves one whose priority changed', async () => {
    await queue.enqueueAll([{ orderId: 'A', priority: 5 }, { orderId: 'B', priority: 6 }], soon);
    await queue.enqueue({ orderId: 'A', priority: 5 }, soon);
    await queue.enqueue({ orderId: 'B', priority: 2 }, soon);
    expect(await queue.counts(soon)).toEqual({ waiting: 2, active: 0, delayed: 0, failed: 0 });
    expect(await takeAll(2)).toEqual(['B', 'A']);
  });

  it('wakes again for an order whose job is finished', async () => {
    await queue.enqueue({ orderId: 'A', priority: 5 }, soon);
    expect(await takeAll(1)).toEqual(['A']);
    await queue.enqueueAll([{ orderId: 'A', priority: 5 }], soon);
    expect(await takeAll(1)).toEqual(['A']);
  });

  it('takes out an order that waits, and only that', async () => {
    await queue.enqueueAll([{ orderId: 'A', priority: 5 }, { orderId: 'B', priority: 6 }], soon);
    expect(await queue.remove('A', soon)).toBe(true);
    expect(await queue.remove('A', soon)).toBe(false);
    expect(await takeAll(1)).toEqual(['B']);
  });

  it('keeps nothing in Redis but id and priority', async () => {
    await queue.enqueue({ orderId: 'A:1 ö', priority: 5 }, soon);
    const [key] = await link.client.keys(`{queue}:${address.queueName}:ORD-*`);
    expect(key).toBe(`{queue}:${address.queueName}:ORD-A%3A1%20%C3%B6`);
    expect(await link.client.hget(key ?? '', 'data')).toBe('{"orderId":"A:1 ö"}');
    expect(await takeAll(1)).toEqual(['A:1 ö']);
  });

  it('takes hundreds at once and gives them in their order', async () => {
    const orders = Array.from({ length: 600 }, (_, index) => ({ orderId: `O${index}`, priority: 7 }));
    await queue.enqueueAll(orders, soon);
    expect(await takeAll(600)).toEqual(orders.map((order) => order.orderId));
  });

  it('says QUE-UNAVAILABLE when the server does not answer in time', async () => {
    const pid = redis.server.pid() ?? 0;
    process.kill(pid, 'SIGSTOP');
    try {
      await expectRejectedFault('QUE-UNAVAILABLE', queue.enqueue({ orderId: 'A', priority: 1 }, patience(300)));
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    // What was sent in vain arrives late; that is harmless, as an order is held once.
    await queue.enqueue({ orderId: 'A', priority: 1 }, soon);
    expect((await queue.counts(soon)).waiting).toBe(1);
  });

  it('makes job ids that BullMQ takes', () => {
    expect(jobIdOf('1234')).toBe('ORD-1234');
    expect(jobIdOf('a:b')).not.toContain(':');
  });
});
