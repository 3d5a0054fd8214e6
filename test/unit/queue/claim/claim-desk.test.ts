import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock, type Wait } from '../../../../drivers/contracts/clock.ts';
import { openClaimDesk, type ClaimDesk } from '../../../../queue/claim/claim-desk.ts';
import { openRedisClaims } from '../../../../queue/claim/redis-claims.ts';
import type { Journal } from '../../../../queue/journal/journal.ts';
import { openSqliteJournal } from '../../../../queue/journal/sqlite-journal.ts';
import { checkRedisIsSafe } from '../../../../queue/redis/redis-gate.ts';
import { expectFault, expectRejectedFault } from '../../../support/queue/expect-fault.ts';
import { attemptOf, claimed, settled } from '../../../support/queue/journal-entries.ts';
import { patience, TestRedis } from '../../../support/queue/test-redis.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

const soon = patience();
const stations = ['st1', 'st2'];

/** One station: its journal and its desk, on a server that it shares. */
class Station implements AsyncDisposable {
  readonly journal: Journal;
  readonly desk: ClaimDesk;
  readonly errors: readonly Error[];

  private constructor(journal: Journal, desk: ClaimDesk, errors: readonly Error[]) {
    this.journal = journal;
    this.desk = desk;
    this.errors = errors;
  }

  static async open(stationId: string, redis: TestRedis, dir: string): Promise<Station> {
    const journal = openSqliteJournal({ path: join(dir, stationId, 'journal.sqlite'), clock: systemClock });
    const link = await redis.link();
    const claims = openRedisClaims({ link, stationId, stations, prefix: '{desk}' });
    const errors: Error[] = [];
    const requireSafe = (limit: Wait): Promise<void> => checkRedisIsSafe(link, '{desk}', limit);
    return new Station(journal, openClaimDesk({ claims, journal, stationId, link, requireSafe, publishTimeoutMs: 10_000, onError: (error) => errors.push(error) }), errors);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.desk[Symbol.asyncDispose]();
    this.journal[Symbol.dispose]();
  }
}

describe('The claim desk of a station', () => {
  let folder: TemporaryFolder;
  let redis: TestRedis;
  let first: Station;
  let second: Station;

  beforeEach(async () => {
    folder = await temporaryFolder('desk');
    redis = await TestRedis.open();
    first = await Station.open('st1', redis, folder.path);
    second = await Station.open('st2', redis, folder.path);
    await first.desk.publish(soon);
  });

  afterEach(async () => {
    await first[Symbol.asyncDispose]();
    await second[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  it('publishes by itself when the server waits for this station', async () => {
    expect(await first.desk.claim('A', soon)).toEqual({ kind: 'barrier', waitingFor: ['st2'] });
    expect(await second.desk.claim('A', soon)).toMatchObject({ kind: 'claimed' });
    expect(await first.desk.claim('A', soon)).toEqual({ kind: 'foreign', station: 'st2' });
  });

  it('keeps an order that was claimed and not yet journaled when the server forgets', async () => {
    expect(await second.desk.claim('A', soon)).toMatchObject({ kind: 'claimed' });
    await redis.forgetAll();
    await expect.poll(async () => (await first.desk.claim('A', soon)).kind, { timeout: 10_000 }).toBe('foreign');
    expect(await second.desk.claim('A', soon)).toMatchObject({ kind: 'claimed', fence: 1 });
  });

  it('tells a server that forgot what stands in the journal: claims, outcomes, the highest fence', async () => {
    first.journal.append(attemptOf('A', 1, 30), claimed);
    first.journal.append(attemptOf('B', 1, 31), settled('finished'));
    await redis.forgetAll();
    await first.desk.publish(soon);
    expect(await second.desk.claim('A', soon)).toEqual({ kind: 'foreign', station: 'st1' });
    expect(await second.desk.claim('B', soon)).toEqual({ kind: 'done', outcome: 'finished', station: 'st1' });
    expect(await second.desk.claim('C', soon)).toEqual({ kind: 'claimed', fence: 32 });
  });

  it('of an idle station publishes when the server comes back, so that the other one goes on', async () => {
    await second.desk.publish(soon);
    await redis.forgetAll();
    await expect.poll(async () => (await second.desk.claim('A', soon)).kind, { timeout: 10_000 }).toBe('claimed');
  });

  it('tells nothing to a server that is not safe, as one may be that took over, until it is', async () => {
    const { client } = await redis.link();
    await client.config('SET', 'appendfsync', 'everysec');
    expect(await second.desk.claim('A', soon)).toEqual({ kind: 'barrier', waitingFor: ['st2'] });
    expect(second.errors).toMatchObject([{ code: 'QUE-UNSAFE', message: expect.stringContaining('appendfsync everysec') }]);
    await expectRejectedFault('QUE-UNSAFE', second.desk.publish(soon));
    expect(await first.desk.claim('A', soon)).toEqual({ kind: 'barrier', waitingFor: ['st2'] });
    await client.config('SET', 'appendfsync', 'always');
    expect(await second.desk.claim('A', soon)).toMatchObject({ kind: 'claimed' });
  });

  it('no longer speaks of an order that was released or finished', async () => {
    await second.desk.publish(soon);
    await first.desk.release('A', await fenceOf(first, 'A'), soon);
    await first.desk.finish('B', await fenceOf(first, 'B'), 'refused', soon);
    await redis.forgetAll();
    await first.desk.publish(soon);
    expect(await second.desk.claim('A', soon)).toMatchObject({ kind: 'claimed' });
  });

  it('is refused for a station that is not among the stations', async () => {
    const link = await redis.link();
    expectFault('CFG-INVALID', () => openRedisClaims({ link, stationId: 'st3', stations, prefix: '{desk}' }));
  });
});

async function fenceOf(station: Station, orderId: string): Promise<number> {
  const answer = await station.desk.claim(orderId, soon);
  if (answer.kind !== 'claimed') throw new Error(`${orderId} was not claimed but ${answer.kind}`);
  return answer.fence;
}
