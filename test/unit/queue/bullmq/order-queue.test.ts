import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { priorityOf } from '../../../../queue/batch/priority.ts';
import { openOrderWorker } from '../../../../queue/bullmq/order-worker.ts';
import { jobIdOf } from '../../../../queue/bullmq/queue-address.ts';
import { expectRejectedFault } from '../../../support/queue/expect-fault.ts';
import { orderQueueSuite, type OrderQueueSuite } from '../../../support/queue/queue-suite.ts';
import { patience } from '../../../support/queue/test-redis.ts';

const soon = patience();
const suite = orderQueueSuite('queue');
const parts = (): Pick<OrderQueueSuite, 'link' | 'queue' | 'address'> => ({ link: suite.link, queue: suite.queue, address: suite.address });

/** Takes all that waits, one after another, and gives the ids in the order of taking. */
async function takeAll(count: number): Promise<readonly string[]> {
  const taken: string[] = [];
  await using worker = openOrderWorker({
    ...parts(), stationId: 'st1', clock: systemClock, onFault: () => undefined,
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
    await suite.queue.enqueueAll(orders, soon);
    expect(await takeAll(6)).toEqual(['express-early', 'express-late', 'standard-early', 'standard-early-2', 'standard-late', 'standard-unknown']);
  });

  it('holds an order once, however often it is added, and moves one whose priority changed', async () => {
    await suite.queue.enqueueAll([{ orderId: 'A', priority: 5 }, { orderId: 'B', priority: 6 }], soon);
    await suite.queue.enqueue({ orderId: 'A', priority: 5 }, soon);
    await suite.queue.enqueue({ orderId: 'B', priority: 2 }, soon);
    expect(await suite.queue.counts(soon)).toEqual({ waiting: 2, active: 0, delayed: 0, failed: 0 });
    expect(await takeAll(2)).toEqual(['B', 'A']);
  });

  it('wakes again for an order whose job is finished', async () => {
    await suite.queue.enqueue({ orderId: 'A', priority: 5 }, soon);
    expect(await takeAll(1)).toEqual(['A']);
    await suite.queue.enqueueAll([{ orderId: 'A', priority: 5 }], soon);
    expect(await takeAll(1)).toEqual(['A']);
  });

  it('takes out an order that waits, and only that', async () => {
    await suite.queue.enqueueAll([{ orderId: 'A', priority: 5 }, { orderId: 'B', priority: 6 }], soon);
    expect(await suite.queue.remove('A', soon)).toBe(true);
    expect(await suite.queue.remove('A', soon)).toBe(false);
    expect(await takeAll(1)).toEqual(['B']);
  });

  it('keeps nothing in Redis but id and priority', async () => {
    await suite.queue.enqueue({ orderId: 'A:1 ö', priority: 5 }, soon);
    const [key] = await suite.link.client.keys(`{queue}:${suite.address.queueName}:ORD-*`);
    expect(key).toBe(`{queue}:${suite.address.queueName}:ORD-A%3A1%20%C3%B6`);
    expect(await suite.link.client.hget(key ?? '', 'data')).toBe('{"orderId":"A:1 ö"}');
    expect(await takeAll(1)).toEqual(['A:1 ö']);
  });

  it('takes hundreds at once and gives them in their order', async () => {
    const orders = Array.from({ length: 600 }, (_, index) => ({ orderId: `O${index}`, priority: 7 }));
    await suite.queue.enqueueAll(orders, soon);
    expect(await takeAll(600)).toEqual(orders.map((order) => order.orderId));
  });

  it('says QUE-UNAVAILABLE when the server does not answer in time', async () => {
    const pid = suite.redis.server.pid() ?? 0;
    process.kill(pid, 'SIGSTOP');
    try {
      await expectRejectedFault('QUE-UNAVAILABLE', suite.queue.enqueue({ orderId: 'A', priority: 1 }, patience(300)));
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    // What was sent in vain arrives late; that is harmless, as an order is held once.
    await suite.queue.enqueue({ orderId: 'A', priority: 1 }, soon);
    expect((await suite.queue.counts(soon)).waiting).toBe(1);
  });

  it('makes job ids that BullMQ takes', () => {
    expect(jobIdOf('1234')).toBe('ORD-1234');
    expect(jobIdOf('a:b')).not.toContain(':');
  });
});
