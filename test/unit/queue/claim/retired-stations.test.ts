import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Claims } from '../../../../queue/claim/claims.ts';
import { openRedisClaims } from '../../../../queue/claim/redis-claims.ts';
import { enrolStation, isSettledByPerson, openClaims, retiredStations, retireStation, settleForStation, type ClaimServer } from '../../../../queue/claim/retired-stations.ts';
import { patience, TestRedis } from '../../../support/queue/test-redis.ts';

const stations = ['st1', 'st2'];
const prefix = '{claims}';
const soon = patience();

describe('A station that a person retired', () => {
  let redis: TestRedis;
  let server: ClaimServer;
  let first: Claims;
  let dead: Claims;

  beforeEach(async () => {
    redis = await TestRedis.open();
    server = { link: await redis.link(), prefix };
    first = openRedisClaims({ link: server.link, stationId: 'st1', stations, prefix });
    dead = openRedisClaims({ link: server.link, stationId: 'st2', stations, prefix });
    await first.publish([], 0, soon);
    await dead.publish([], 0, soon);
    await dead.claim('A', soon);
    await retireStation(server, 'st2', 'Kim', soon);
  });

  afterEach(() => redis[Symbol.asyncDispose]());

  it('keeps what it claimed until it is settled, and can be enrolled anew once', async () => {
    expect(await retiredStations(server, soon)).toEqual([{ station: 'st2', by: 'Kim' }]);
    expect(await openClaims(server, soon)).toEqual([{ orderId: 'A', station: 'st2' }]);
    expect(await first.claim('A', soon)).toEqual({ kind: 'foreign', station: 'st2' });
    await enrolStation(server, 'st2', soon);
    expect(await retiredStations(server, soon)).toEqual([]);
    await expect(enrolStation(server, 'st2', soon)).rejects.toMatchObject({ code: 'CLI-USAGE' });
    await expect(settleForStation(server, 'A', 'st2', 'remake', soon)).rejects.toMatchObject({ code: 'CLI-USAGE', detail: { note: 'st2 is not retired: it may come back to it' } });
  });

  it('is not waited for at the barrier after the server was restarted', async () => {
    await redis.restart();
    const link = await redis.link();
    const again = openRedisClaims({ link, stationId: 'st1', stations, prefix });
    await again.publish([], 0, soon);
    expect(await again.claim('B', soon)).toMatchObject({ kind: 'claimed' });
  });

  it('loses an order that shall be made again: to another station, with the blanks it may have used counted, and not back to itself', async () => {
    await settleForStation(server, 'A', 'st2', 'remake', soon);
    expect(await isSettledByPerson(server, 'A', 1, soon)).toBe(true);
    // Nobody has claimed it yet: the fence alone keeps the dead station out.
    await expect(dead.finish('A', 1, 'refused', soon)).rejects.toMatchObject({ code: 'QUE-FENCED' });
    await dead.publish([{ orderId: 'A', fence: 1, outcome: null, attempt: 1 }], 1, soon);
    expect(await first.claim('A', soon)).toEqual({ kind: 'claimed', fence: 2, attemptsBefore: 4 });
    await expect(dead.finish('A', 1, 'refused', soon)).rejects.toMatchObject({ code: 'QUE-FENCED' });
    await dead.publish([{ orderId: 'A', fence: 1, outcome: 'refused', attempt: 1 }], 1, soon);
    await first.finish('A', 2, 'finished', soon);
    expect((await first.ended(['A', 'B'], soon)).get('A')).toEqual({ outcome: 'finished', station: 'st1' });
    await expect(settleForStation(server, 'A', 'st2', 'remake', soon)).rejects.toMatchObject({ code: 'CLI-USAGE', detail: { note: 'A is claimed by nobody' } });
  });

  it.each(['finished', 'refused'] as const)('loses an order for good that a person calls %s', async (how) => {
    await settleForStation(server, 'A', 'st2', how, soon);
    expect(await first.claim('A', soon)).toEqual({ kind: 'done', outcome: how, station: 'st2' });
    expect(await isSettledByPerson(server, 'A', 1, soon)).toBe(true);
    expect(await isSettledByPerson(server, 'A', 2, soon)).toBe(false);
  });
});
