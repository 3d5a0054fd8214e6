import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nobodyThere } from '../../../../daemon/station/attendant.ts';
import { Production } from '../../../../daemon/station/production.ts';
import type { StationCore } from '../../../../daemon/station/station-rooms.ts';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { asStationFault } from '../../../../drivers/contracts/fault.ts';
import { openLaneQueue, type LaneQueue } from '../../../../queue/bullmq/lane-queue.ts';
import { openLaneWorker } from '../../../../queue/bullmq/lane-worker.ts';
import { openClaimDesk, type ClaimDesk } from '../../../../queue/claim/claim-desk.ts';
import { openRedisClaims } from '../../../../queue/claim/redis-claims.ts';
import type { Journal } from '../../../../queue/journal/journal.ts';
import { openSqliteJournal } from '../../../../queue/journal/sqlite-journal.ts';
import type { RedisLink } from '../../../../queue/redis/redis-link.ts';
import type { OrderStore } from '../../../../queue/store/order-store.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import { attemptOf, claimed, settled } from '../../../support/queue/journal-entries.ts';
import { dataKey, newOrder } from '../../../support/queue/stored-orders.ts';
import { patience, TestRedis } from '../../../support/queue/test-redis.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

const prefix = '{production}';
const soon = patience();

/** On a real store, journal and Redis; no order of these tests gets as far as the machine. */
describe('the production of a daemon', () => {
  let redis: TestRedis;
  let folder: TemporaryFolder;
  let link: RedisLink;
  let store: OrderStore;
  let journal: Journal;
  let claims: ClaimDesk;
  let queue: LaneQueue;
  let production: Production;
  let running: Promise<void>;
  const drain = { now: new AbortController() };
  const troubles: string[] = [];

  beforeEach(async () => {
    redis = await TestRedis.open();
    folder = await temporaryFolder('production');
    link = await redis.link();
    store = openOrderStore({ dir: folder.path, dataKey: dataKey(), clock: systemClock });
    journal = openSqliteJournal({ path: join(folder.path, 'journal.sqlite'), clock: systemClock });
    claims = openClaimDesk({ claims: openRedisClaims({ link, stationId: 'st1', stations: ['st1'], prefix }), journal, stationId: 'st1', link, requireSafe: async () => undefined, publishTimeoutMs: 5_000, onError: () => undefined });
    queue = openLaneQueue(link, prefix, 'cards');
    await claims.publish(soon);
    troubles.length = 0;
    drain.now = new AbortController();
    running = Promise.resolve();
  });

  afterEach(async () => {
    drain.now.abort();
    await running;
    await claims[Symbol.asyncDispose]();
    await queue[Symbol.asyncDispose]();
    store[Symbol.dispose]();
    journal[Symbol.dispose]();
    await redis[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  function made(): Production {
    const core = { id: 'st1', clock: systemClock, journal, store } as unknown as StationCore;
    production = new Production(core, { claims, queue }, {
      attendant: nobodyThere,
      keeper: null,
      listener: () => undefined,
      onTrouble: (_where, error) => troubles.push(asStationFault(error).code),
      openWorker: (handler) => openLaneWorker({ link, queue, prefix, commonLane: 'cards', lanes: null, stationId: 'st1', clock: systemClock, handler, onFault: () => undefined }),
    }, drain.now.signal, new AbortController().signal);
    return production;
  }

  const waiting = async (): Promise<number> => (await queue.counts(soon)).waiting;

  test('tells a thousand orders at a time, and not those of a batch that is put together or paused', async () => {
    store.atomically(() => { for (let index = 0; index < 1_100; index += 1) store.putOrder(newOrder(`O${index}`, { dueAt: index, files: [] })); });
    for (const [batchId, orderId] of [['open', 'O0'], ['running', 'O1'], ['paused', 'O2']] as const) {
      store.batches.create(batchId);
      store.batches.setOrders(batchId, [orderId]);
      if (batchId !== 'open') store.batches.happen(batchId, 'start');
    }
    store.batches.happen('paused', 'pause');
    await made().tellDue();
    expect(await waiting()).toBe(1_000);
    const there = async (orderId: string): Promise<boolean> => (await link.client.exists(`${prefix}:cards:ORD-${orderId}`)) === 1;
    expect(await Promise.all(['O0', 'O1', 'O2', 'O3', 'O1001', 'O1002'].map(there))).toEqual([false, true, false, true, true, false]);
    await production.forget('O3');
    expect(await there('O3')).toBe(false);
  });

  test('tells what a server forgot, and reports what could not be told while it was away', async () => {
    const key = { ...attemptOf('done'), fence: 1 };
    store.putOrder(newOrder('done', { state: 'IN_PRODUCTION' }));
    store.putOrder(newOrder('next'));
    for (const entry of [claimed, settled('refused')]) journal.append(key, entry);
    await redis.forgetAll();
    await made().tellDue();
    expect(await waiting()).toBe(1);
    expect(journal.unreported()).toEqual([]);
    expect(store.summaryOf('done')?.state).toBe('REJECTED');
    expect(await claims.claim('done', soon)).toMatchObject({ kind: 'done', outcome: 'refused' });
  });

  test('goes on when the server takes nothing, and tells it when it does again; an order whose payload cannot be read ends it', async () => {
    store.putOrder(newOrder('next'));
    await link.client.config('SET', 'maxmemory', '1');
    await made().tellDue();
    expect(troubles).toEqual(['QUE-UNAVAILABLE']);
    await link.client.config('SET', 'maxmemory', '0');
    await production.tellDue();
    expect([await waiting(), troubles.length]).toEqual([1, 1]);
    store.setState('next', 'WITHDRAWN');
    store.putOrder(newOrder('broken', { payload: 'no JSON' }));
    running = made().run();
    await expect(running).rejects.toBeInstanceOf(Error);
    running = Promise.resolve();
  });
});
