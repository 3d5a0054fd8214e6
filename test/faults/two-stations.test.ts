import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { openOrderQueue } from '../../queue/bullmq/order-queue.ts';
import { openJournalReader } from '../../queue/journal/journal-reader.ts';
import { startProgram, type ChildProgram } from '../support/child-program.ts';
import { seededRandom } from '../support/queue/seeded-random.ts';
import { patience, TestRedis } from '../support/queue/test-redis.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const orderCount = 60;
const faultCount = 24;
const never = new AbortController().signal;
const stationIds = ['st1', 'st2'];

/** Two stations on one Redis, all of them processes that may be killed at any moment. */
describe('Two stations on one Redis', () => {
  let folder: TemporaryFolder;
  let redis: TestRedis;
  let plastic: string;
  let stations: Map<string, ChildProgram>;

  beforeEach(async () => {
    folder = await temporaryFolder('stations');
    redis = await TestRedis.open();
    plastic = join(folder.path, 'plastic.log');
    stations = new Map(stationIds.map((id) => [id, start(id)]));
  });

  afterEach(async () => {
    for (const station of stations.values()) await station[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  function start(stationId: string): ChildProgram {
    const { endpoint } = redis.server;
    if (endpoint.kind !== 'socket') throw new Error('the embedded Redis listens on a socket');
    return startProgram('test/support/queue/small-station', [endpoint.path, stationId, stationIds.join(','), folder.path, plastic]);
  }

  function cards(): readonly string[] {
    return existsSync(plastic) ? readFileSync(plastic, 'utf8').split('\n').slice(0, -1).map((line) => line.split(' ')[0] ?? '') : [];
  }

  async function killStation(stationId: string): Promise<void> {
    const station = stations.get(stationId);
    station?.kill('SIGKILL');
    await station?.ended();
    stations.set(stationId, start(stationId));
  }

  async function freezeStation(stationId: string): Promise<void> {
    const station = stations.get(stationId);
    station?.kill('SIGSTOP');
    await systemClock.sleep(2_500, never);
    station?.kill('SIGCONT');
  }

  async function dealFault(choice: number, stationId: string): Promise<string> {
    if (choice < 0.35) return killStation(stationId).then(() => 'station killed');
    if (choice < 0.65) return Promise.all([killStation(stationId), redis.forgetAll()]).then(() => 'station killed while Redis lost all memory');
    if (choice < 0.75) return freezeStation(stationId).then(() => 'station frozen beyond its lock');
    if (choice < 0.85) return redis.forgetAll().then(() => 'Redis lost all memory');
    process.kill(redis.server.pid() ?? 0, 'SIGKILL');
    return Promise.resolve('Redis killed');
  }

  it(`make one card of each of ${orderCount} orders over ${faultCount} faults`, { timeout: 110_000 }, async () => {
    const orders = Array.from({ length: orderCount }, (_, index) => `O${index}`);
    const random = seededRandom(20_261_122);
    const link = await redis.link();
    await using queue = openOrderQueue(link, { prefix: '{cards}', queueName: 'cards' });
    const done = new AbortController();
    // The outbox of an order system: what has no card yet is added again, for a queue may forget it.
    const addAgain = async (): Promise<void> => {
      for (;;) {
        const made = new Set(cards());
        await queue.enqueueAll(orders.filter((order) => !made.has(order)).map((orderId) => ({ orderId, priority: 5 })), patience()).catch(() => undefined);
        if (made.size === orderCount) return;
        await systemClock.sleep(100, done.signal);
      }
    };
    const outbox = addAgain().catch(() => undefined);
    const dealt: string[] = [];
    for (let fault = 0; fault < faultCount; fault += 1) {
      await systemClock.sleep(50 + 350 * random(), never);
      dealt.push(await dealFault(random(), stationIds[Math.floor(random() * 2)] ?? 'st1'));
    }
    await expect.poll(() => new Set(cards()).size, { timeout: 60_000, interval: 100 }).toBe(orderCount);
    done.abort();
    await outbox;
    for (const station of stations.values()) await station.untilLines(1);
    for (const station of stations.values()) station.kill('SIGTERM');
    for (const station of stations.values()) expect(await station.ended()).toBe(0);
    expect(new Set(dealt).size).toBe(5);
    expect(cards().toSorted()).toEqual(orders.toSorted());
    expect(finishedOrders()).toEqual(orders.toSorted());
  });

  /** Every order that a journal calls finished, from both journals, which must verify. */
  function finishedOrders(): readonly string[] {
    return stationIds
      .flatMap((stationId) => {
        using reader = openJournalReader(join(folder.path, stationId, 'journal.sqlite'));
        expect(reader.verify().brokenAt).toBeNull();
        return [...reader.records()].flatMap((record) => (record.entry.kind === 'settled' ? [record.orderId] : []));
      })
      .toSorted();
  }
});
