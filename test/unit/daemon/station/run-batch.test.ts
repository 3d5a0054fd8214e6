import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nobodyThere } from '../../../../daemon/station/attendant.ts';
import { runBatch } from '../../../../daemon/station/run-batch.ts';
import type { StationCore } from '../../../../daemon/station/station-rooms.ts';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { openOrderQueue } from '../../../../queue/bullmq/order-queue.ts';
import { openOrderWorker } from '../../../../queue/bullmq/order-worker.ts';
import type { OrderHandler, OrderWorker } from '../../../../queue/bullmq/work-queue.ts';
import { openClaimDesk } from '../../../../queue/claim/claim-desk.ts';
import { openRedisClaims } from '../../../../queue/claim/redis-claims.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import { openSqliteJournal } from '../../../../queue/journal/sqlite-journal.ts';
import { ScaledClock } from '../../../../simulator/machine/scaled-clock.ts';
import { attemptOf, claimed, settled } from '../../../support/queue/journal-entries.ts';
import { dataKey, newOrder } from '../../../support/queue/stored-orders.ts';
import { patience, TestRedis } from '../../../support/queue/test-redis.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

const address = { prefix: '{kortverk}', queueName: 'cards' };
const never = new AbortController().signal;
/** A hundred seconds pass in one. */
const clock = new ScaledClock(systemClock, 0.01);

describe('a batch on a queue that forgets', () => {
  let redis: TestRedis;
  let folder: TemporaryFolder;

  beforeEach(async () => {
    redis = await TestRedis.open();
    folder = await temporaryFolder('run-batch');
  });

  afterEach(async () => {
    await redis[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  async function station(stations: readonly string[]) {
    const link = await redis.link();
    const journal = openSqliteJournal({ path: join(folder.path, 'journal.sqlite'), clock });
    const claims = openClaimDesk({ claims: openRedisClaims({ link, stationId: 'st1', stations, prefix: '{kortverk}' }), journal, stationId: 'st1', link, requireSafe: async () => undefined, publishTimeoutMs: 5_000, onError: () => undefined });
    const queue = openOrderQueue(link, address);
    // No order of these tests gets as far as the machine, so the station needs no more than this.
    const store = openOrderStore({ dir: join(folder.path, 'store'), dataKey: dataKey(), clock });
    const core = { clock, journal, store } as unknown as StationCore;
    return { link, core, queue, rooms: { claims, queue }, [Symbol.asyncDispose]: async () => { await claims[Symbol.asyncDispose](); await queue[Symbol.asyncDispose](); store[Symbol.dispose](); journal[Symbol.dispose](); } };
  }

  test('is not over while its orders wait for another station to tell what it owns', async () => {
    await using own = await station(['st1', 'st2']);
    const drain = new AbortController();
    let handled = 0;
    const openWorker = (handler: OrderHandler): OrderWorker =>
      openOrderWorker({ link: own.link, queue: own.queue, address, stationId: 'st1', clock, onFault: () => undefined, handler: async (orderId, signal) => {
        const answer = await handler(orderId, signal);
        handled += 1;
        if (handled === 2) drain.abort();
        return answer;
      } });
    const end = await runBatch(own.core, own.rooms, { orderIds: ['O1', 'O2'], attendant: nobodyThere, listener: () => undefined, openWorker }, drain.signal, never);
    expect(end).toEqual({ kind: 'paused', reason: 'STA-ABORTED', orderId: '', left: ['O1', 'O2'] });
  });

  test('tells its orders again to a server that lost all data', async () => {
    await using own = await station(['st1']);
    const drain = new AbortController();
    const idle: OrderWorker = { current: () => null, pause: async () => undefined, resume: async () => undefined, stop: async () => undefined, [Symbol.asyncDispose]: async () => undefined };
    const running = runBatch(own.core, own.rooms, { orderIds: ['O1', 'O2', 'O3'], attendant: nobodyThere, listener: () => undefined, openWorker: () => idle }, drain.signal, never);
    await expect.poll(async () => (await own.queue.counts(patience())).waiting, { timeout: 10_000 }).toBe(3);
    await redis.forgetAll();
    await expect.poll(async () => (await own.queue.counts(patience())).waiting, { timeout: 10_000 }).toBe(3);
    drain.abort();
    expect((await running).kind).toBe('paused');
  });

  test('makes its own orders, and not one that a former run left in the queue', async () => {
    await using own = await station(['st1']);
    await own.rooms.claims.publish(patience());
    own.core.store.putOrder(newOrder('FORMER'));
    for (const entry of [claimed, settled('finished')]) own.core.journal.append(attemptOf('O1'), entry);
    await own.queue.enqueueAll([{ orderId: 'FORMER', priority: 1 }], patience());
    const told: string[] = [];
    const openWorker = (handler: OrderHandler): OrderWorker => openOrderWorker({ link: own.link, queue: own.queue, address, stationId: 'st1', clock, onFault: () => undefined, handler });
    const end = await runBatch(own.core, own.rooms, { orderIds: ['O1'], attendant: nobodyThere, listener: (orderId) => told.push(orderId), openWorker }, never, never);
    expect([end, told]).toEqual([{ kind: 'complete' }, ['O1']]);
    expect(await own.link.client.hget('{kortverk}:claims', 'FORMER')).toBeNull();
    expect([own.core.store.summaryOf('FORMER')?.state, (await own.queue.counts(patience())).waiting]).toEqual(['QUEUED', 0]);
  });
});
