import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerForStation } from '../../../../queue/claim/answer-for-station.ts';
import type { Claims } from '../../../../queue/claim/claims.ts';
import { openRedisClaims, type RedisClaimsOptions } from '../../../../queue/claim/redis-claims.ts';
import { patience, TestRedis } from '../../../support/queue/test-redis.ts';

const stations = ['st1', 'st2'];
const prefix = '{claims}';

describe('A person who answers for a station that is down', () => {
  let redis: TestRedis;
  let first: Claims;
  let second: Claims;
  let dead: RedisClaimsOptions;

  beforeEach(async () => {
    redis = await TestRedis.open();
    await connect();
    await first.publish([], 0, patience());
    await second.publish([], 0, patience());
  });

  afterEach(() => redis[Symbol.asyncDispose]());

  async function connect(): Promise<void> {
    const link = await redis.link();
    first = openRedisClaims({ link, stationId: 'st1', stations, prefix });
    second = openRedisClaims({ link, stationId: 'st2', stations, prefix });
    dead = { link, stationId: 'st2', stations, prefix };
  }

  it('lets the others go on after a restart of the server, while its claims stay its own', async () => {
    await second.claim('A', patience());
    await redis.restart();
    await connect();
    await first.publish([], 0, patience());
    expect(await first.claim('B', patience())).toEqual({ kind: 'barrier', waitingFor: ['st2'] });
    await answerForStation(dead, 'st1', [], 'Kim', patience());
    expect(await first.claim('B', patience())).toMatchObject({ kind: 'claimed' });
    expect(await first.claim('A', patience())).toEqual({ kind: 'foreign', station: 'st2' });
  });

  it('keeps the orders that are named from the others where the server forgot them, until the station tells how they ended', async () => {
    const claimed = await second.claim('A', patience());
    expect(claimed).toMatchObject({ kind: 'claimed', fence: 1 });
    await redis.forgetAll();
    await connect();
    await first.publish([], 0, patience());
    await answerForStation(dead, 'st1', ['A'], 'Kim', patience());
    expect(await first.claim('A', patience())).toEqual({ kind: 'foreign', station: 'st2' });
    const other = await first.claim('B', patience());
    expect(other.kind === 'claimed' ? other.fence : 0).toBeGreaterThan(1_000);
    await second.publish([{ orderId: 'A', fence: 1, outcome: 'finished' }], 1, patience());
    expect(await first.claim('A', patience())).toEqual({ kind: 'done', outcome: 'finished', station: 'st2' });
  });

  it('answers neither for the asker nor for a station that nobody knows', async () => {
    await expect(answerForStation({ ...dead, stationId: 'st1' }, 'st1', [], 'Kim', patience())).rejects.toMatchObject({ code: 'CLI-USAGE' });
    await expect(answerForStation({ ...dead, stationId: 'st9' }, 'st1', [], 'Kim', patience())).rejects.toMatchObject({ code: 'CFG-INVALID' });
  });
});
