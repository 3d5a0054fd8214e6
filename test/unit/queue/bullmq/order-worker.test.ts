import { Worker } from 'bullmq';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { openOrderWorker, type WorkerTiming } from '../../../../queue/bullmq/order-worker.ts';
import { jobIdOf } from '../../../../queue/bullmq/queue-address.ts';
import { watchWorker } from '../../../../queue/bullmq/worker-watchdog.ts';
import type { OrderHandler, OrderWorker } from '../../../../queue/bullmq/work-queue.ts';
import { orderQueueSuite, type OrderQueueSuite } from '../../../support/queue/queue-suite.ts';
import { patience } from '../../../support/queue/test-redis.ts';

const soon = patience();
const never = new AbortController().signal;
const suite = orderQueueSuite('worker');
const parts = (): Pick<OrderQueueSuite, 'link' | 'queue' | 'address'> => ({ link: suite.link, queue: suite.queue, address: suite.address });
let faults: string[];

beforeEach(() => {
  faults = [];
});

function work(handler: OrderHandler, timing: Partial<WorkerTiming> = {}, stationId = 'st1'): OrderWorker {
  return openOrderWorker({ ...parts(), stationId, clock: systemClock, handler, onFault: (orderId) => faults.push(orderId), timing });
}

async function enqueue(...orderIds: readonly string[]): Promise<void> {
  await suite.queue.enqueueAll(orderIds.map((orderId) => ({ orderId, priority: 9 })), soon);
}

async function expectCount(count: () => number, expected: number, timeout = 10_000): Promise<void> {
  await expect.poll(count, { timeout, interval: 10 }).toBe(expected);
}

describe('The worker of a station', () => {
  it('has one order in hand at a time', async () => {
    let inHand = 0;
    let most = 0;
    const done: string[] = [];
    await enqueue('A', 'B', 'C', 'D');
    await using worker = work(async (orderId, signal) => {
      inHand += 1;
      most = Math.max(most, inHand);
      expect(worker.current()).toBe(orderId);
      await systemClock.sleep(20, signal);
      inHand -= 1;
      done.push(orderId);
      return 'done';
    });
    await expectCount(() => done.length, 4);
    expect(most).toBe(1);
    expect(worker.current()).toBeNull();
  });

  it('brings a deferred order back after its time, others first', async () => {
    const taken: string[] = [];
    await enqueue('A', 'B');
    const started = performance.now();
    await using worker = work(async (orderId) => Promise.resolve(taken.push(orderId) === 1 ? { deferMs: 400 } : 'done'));
    await expectCount(() => taken.length, 3);
    expect(taken).toEqual(['A', 'B', 'A']);
    expect(performance.now() - started).toBeGreaterThanOrEqual(395);
    expect(worker.current()).toBeNull();
  });

  it('brings an order that was put off at once when it is enqueued again', async () => {
    const taken: string[] = [];
    await enqueue('A');
    await using worker = work(async (orderId) => Promise.resolve(taken.push(orderId) === 1 ? { deferMs: 60_000 } : 'done'));
    await expectCount(() => taken.length, 1);
    await expect.poll(async () => (await suite.queue.counts(soon)).delayed).toBe(1);
    await suite.queue.enqueue({ orderId: 'A', priority: 3 }, soon);
    await expectCount(() => taken.length, 2);
    await worker.stop(soon);
    expect(await suite.queue.counts(soon)).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 });
  });

  it('brings an order back whose handler threw, reports it, and never leaves it failed', async () => {
    let tries = 0;
    await enqueue('A');
    await using worker = work(async () => {
      tries += 1;
      if (tries < 3) throw new Error('a surprise');
      return Promise.resolve('done');
    }, { faultDeferMs: 100 });
    await expectCount(() => tries, 3);
    await worker.stop(soon);
    expect(faults).toEqual(['A', 'A']);
    expect(await suite.queue.counts(soon)).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 });
  });

  it('takes no order while paused and goes on when resumed', async () => {
    const taken: string[] = [];
    await using worker = work(async (orderId) => { taken.push(orderId); return Promise.resolve('done'); });
    await worker.pause(soon);
    await enqueue('A');
    await systemClock.sleep(300, never);
    expect(taken).toEqual([]);
    await worker.resume();
    await expectCount(() => taken.length, 1);
  });

  it('finishes the order in hand when stopped, and leaves the others waiting', async () => {
    let finished = false;
    await enqueue('A', 'B');
    await using worker = work(async (_orderId, signal) => {
      await systemClock.sleep(400, signal);
      finished = true;
      return 'done';
    });
    await expect.poll(() => worker.current()).toBe('A');
    await worker.stop(soon);
    expect(finished).toBe(true);
    expect(await suite.queue.counts(soon)).toEqual({ waiting: 1, active: 0, delayed: 0, failed: 0 });
  });

  it('fires the signal when the order in hand is not done in time', async () => {
    let aborted = false;
    await enqueue('A');
    await using worker = work(async (_orderId, signal) => {
      await systemClock.sleep(60_000, signal).catch(() => { aborted = true; });
      return { deferMs: 60_000 };
    });
    await expect.poll(() => worker.current()).toBe('A');
    await worker.stop(patience(100));
    expect(aborted).toBe(true);
    expect((await suite.queue.counts(soon)).active).toBe(0);
  });

  it('fires the signal when the lock of the order in hand is lost', async () => {
    let aborted = false;
    await enqueue('A');
    await using worker = work(async (_orderId, signal) => {
      await systemClock.sleep(20_000, signal).catch(() => { aborted = true; });
      return { deferMs: 60_000 };
    }, { lockMs: 600, stalledCheckMs: 60_000 });
    await expect.poll(() => worker.current()).toBe('A');
    await suite.link.client.set(`{worker}:${suite.address.queueName}:${jobIdOf('A')}:lock`, 'another');
    await expect.poll(() => aborted, { timeout: 5_000 }).toBe(true);
    await worker.stop(soon);
  });

  it('takes at once what a predecessor that was killed had in hand, long before its lock ends', async () => {
    await enqueue('A', 'B');
    const predecessor = new Worker(suite.address.queueName, async () => new Promise(() => undefined), { connection: suite.link.client, prefix: suite.address.prefix, name: 'st1', lockDuration: 90_000 });
    predecessor.on('error', () => undefined);
    await expect.poll(async () => (await suite.queue.counts(soon)).active).toBe(1);
    await predecessor.close(true);
    const taken: string[] = [];
    await using worker = work(async (orderId) => { taken.push(orderId); return Promise.resolve('done'); });
    await expectCount(() => taken.length, 2, 5_000);
    expect(taken.toSorted()).toEqual(['A', 'B']);
    expect(worker.current()).toBeNull();
  });

  it('leaves alone what another station has in hand', async () => {
    await enqueue('A');
    let release: () => void = () => undefined;
    await using other = work(async () => new Promise((resolve) => { release = () => resolve('done'); }), {}, 'st2');
    await expect.poll(() => other.current()).toBe('A');
    expect(await suite.queue.returnAbandoned('st1', soon)).toBe(0);
    expect((await suite.queue.counts(soon)).active).toBe(1);
    release();
    await expect.poll(async () => (await suite.queue.counts(soon)).active).toBe(0);
  });

  it('works on after Redis was killed and came back', async () => {
    const taken: string[] = [];
    await using worker = work(async (orderId) => { taken.push(orderId); return Promise.resolve('done'); });
    await enqueue('A');
    await expectCount(() => taken.length, 1);
    process.kill(suite.redis.server.pid() ?? 0, 'SIGKILL');
    await enqueue('B');
    await expectCount(() => taken.length, 2, 20_000);
    expect(worker.current()).toBeNull();
  });
});

describe('The watchdog of a worker', () => {
  async function rebuilds(idleSince: () => number | null, forMs: number): Promise<number> {
    const stop = new AbortController();
    let count = 0;
    const errors: Error[] = [];
    watchWorker({ clock: systemClock, queue: suite.queue, watchMs: 50, signal: stop.signal, idleSince, rebuild: async () => { count += 1; return Promise.resolve(); }, onError: (error) => errors.push(error) });
    await systemClock.sleep(forMs, never);
    stop.abort();
    expect(errors).toEqual([]);
    return count;
  }

  it('builds the worker anew when orders wait and none starts', async () => {
    await enqueue('A');
    expect(await rebuilds(() => 0, 400)).toBeGreaterThanOrEqual(1);
  });

  it('leaves a worker alone that has nothing to do, works, is paused, or just began', async () => {
    expect(await rebuilds(() => 0, 300)).toBe(0);
    await enqueue('A');
    expect(await rebuilds(() => null, 300)).toBe(0);
    expect(await rebuilds(() => systemClock.steady(), 300)).toBe(0);
  });
});
