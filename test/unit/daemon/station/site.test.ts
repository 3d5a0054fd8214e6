import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readProfiles } from '../../../../daemon/intake/read-profiles.ts';
import { abilitiesOf, needOf, type BenchAbilities } from '../../../../daemon/station/needs.ts';
import { Site } from '../../../../daemon/station/site.ts';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { packageRoot } from '../../../../drivers/contracts/package-root.ts';
import { openLaneQueue, type LaneQueue } from '../../../../queue/bullmq/lane-queue.ts';
import { openRedisClaims } from '../../../../queue/claim/redis-claims.ts';
import type { ProfileSet } from '../../../../queue/profile/profile-set.ts';
import { openRoster } from '../../../../queue/stations/roster.ts';
import { openShelf } from '../../../../queue/stations/shelf.ts';
import { openWithdrawalNotices } from '../../../../queue/stations/withdrawal-notices.ts';
import { DataCipher } from '../../../../queue/store/data-cipher.ts';
import type { OrderStore } from '../../../../queue/store/order-store.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import { exampleOrder } from '../../../support/orders/example-order.ts';
import { dataKey, newOrder, photoOf } from '../../../support/queue/stored-orders.ts';
import { patience, TestRedis } from '../../../support/queue/test-redis.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

const soon = patience();
const prefix = '{site}';
const stations = ['st1', 'st2'];
const whole: BenchAbilities = { printer: { colour: true, duplex: true }, magnetic: false, ribbon: 'YMCKO', contactless: true, contact: true, blanks: ['mifare+piv', 'piv'] };

interface Member {
  readonly site: Site;
  readonly store: OrderStore;
  readonly queue: LaneQueue;
}

describe('Two stations of a site', () => {
  let redis: TestRedis;
  let folder: TemporaryFolder;
  let profiles: ProfileSet;
  const members: Member[] = [];

  beforeEach(async () => {
    redis = await TestRedis.open();
    folder = await temporaryFolder('site');
    profiles = await readProfiles({ profilesDir: join(packageRoot(), 'samples', 'profiles'), approversFile: join(packageRoot(), 'samples', 'approvers.json') });
  });

  afterEach(async () => {
    const left = members.splice(0);
    for (const store of new Set(left.map((member) => member.store))) store[Symbol.dispose]();
    for (const { queue } of left) await queue[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  async function joined(stationId: string, bench: BenchAbilities | (() => BenchAbilities), kept?: OrderStore): Promise<Member> {
    const link = await redis.link();
    const store = kept ?? openOrderStore({ dir: join(folder.path, stationId), dataKey: dataKey(), clock: systemClock });
    const queue = openLaneQueue(link, prefix, 'cards');
    const claims = openRedisClaims({ link, stationId, stations, prefix });
    await claims.publish([], 0, soon);
    const site = new Site({
      stationId, stations, clock: systemClock, store, claims, queue, remakeElsewhere: true,
      roster: openRoster(link, prefix),
      shelf: openShelf(link, prefix, DataCipher.from(dataKey(9))),
      notices: openWithdrawalNotices(link, prefix),
      abilities: async () => abilitiesOf(profiles, typeof bench === 'function' ? bench() : bench),
      needOf: (order) => needOf(order, profiles),
    });
    await site.lookAtBench();
    await site.setIdle(true, soon);
    members.push({ site, store, queue });
    return { site, store, queue };
  }

  function put(store: OrderStore, orderId: string): void {
    store.putOrder(newOrder(orderId, { payload: JSON.stringify({ ...exampleOrder(), orderId }) }));
  }

  const told = (orderId: string) => ({ orderId, priority: 5 });
  const waiting = async ({ queue }: Member): Promise<number> => (await queue.lane('cards').counts(soon)).waiting;

  it('share what both can make; the other takes an order with its pictures from the shelf, which is empty when it has ended', async () => {
    const first = await joined('st1', whole);
    const second = await joined('st2', whole);
    put(first.store, 'A');
    await first.site.tell([told('A')], soon);
    expect(await waiting(second)).toBe(1);
    const found = await second.site.look('A', soon);
    if (typeof found === 'string') throw new Error(`the other station finds ${found}`);
    expect(second.site.take(found)).toBe(true);
    expect(second.store.getPayload('A')).toEqual(first.store.getPayload('A'));
    expect(second.store.getPayload('A')?.files.map(({ role, bytes }) => [role, Buffer.from(bytes)])).toEqual([['photo', Buffer.from(photoOf('A'))]]);
    expect(await second.site.look('A', soon)).toBe('own');
    await second.site.leave('A', soon);
    expect(await (await redis.link()).client.keys(`${prefix}:parcel:*`)).toEqual([]);
  });

  it('keep what only one can make from the other, and move it when the other can', async () => {
    const first = await joined('st1', { ...whole, blanks: ['piv'] });
    const second = await joined('st2', whole);
    put(first.store, 'A');
    await first.site.tell([told('A')], soon);
    const [lane = '', ...others] = await second.site.lanes(soon);
    expect(others).toEqual([]);
    expect(await first.site.lanes(soon)).not.toContain(lane);
    expect(await waiting(first)).toBe(0);
    expect(await second.queue.lane(lane).counts(soon)).toMatchObject({ waiting: 1 });
    expect(first.site.impossible).toEqual([]);
  });

  it('tell of an order that nobody can make and what is missing, and lose nothing of it until somebody can', async () => {
    const first = await joined('st1', { ...whole, blanks: ['piv'] });
    let bench: BenchAbilities = { ...whole, ribbon: 'KO', blanks: ['piv'] };
    const second = await joined('st2', () => bench);
    put(first.store, 'A');
    await first.site.tell([told('A')], soon);
    expect(first.site.impossible).toEqual([{ orderId: 'A', code: 'QUE-NOBODY-CAN', lacking: ['blank:mifare+piv'] }]);
    expect(await first.queue.lane('cards-nobody').counts(soon)).toMatchObject({ waiting: 1 });
    bench = whole;
    await second.site.lookAtBench();
    await second.site.setIdle(true, soon);
    await first.site.tell([told('A')], soon);
    expect(first.site.impossible).toEqual([]);
    expect(await first.queue.lane('cards-nobody').counts(soon)).toMatchObject({ waiting: 0 });
  });

  it('hand an order on that came to one which cannot make it, and know one that was taken back', async () => {
    const first = await joined('st1', whole);
    let bench = whole;
    const second = await joined('st2', () => bench);
    put(first.store, 'A');
    put(first.store, 'B');
    await first.site.tell([told('A'), told('B')], soon);
    bench = { ...whole, ribbon: 'KO' };
    await second.site.lookAtBench();
    await second.site.setIdle(true, soon);
    expect(await second.site.look('A', soon)).toBe('cannot');
    const [own = ''] = await first.site.lanes(soon);
    expect(await first.queue.lane(own).counts(soon)).toMatchObject({ waiting: 1 });
    expect(await second.site.look('nobody’s', soon)).toBe('absent');
    await first.site.withdraw('B', soon);
    expect(await second.site.look('B', soon)).toBe('withdrawn');
  });

  it('tell again what was taken back when the server has lost it, also after a restart, until it has ended somewhere', async () => {
    const first = await joined('st1', whole);
    const second = await joined('st2', whole);
    put(first.store, 'A');
    await first.site.tell([told('A')], soon);
    first.store.setState('A', 'WITHDRAWN');
    await first.site.withdraw('A', soon);
    const { client } = await redis.link();
    await client.del(`${prefix}:withdrawn:A`);
    await first.site.tell([], soon);
    expect(await second.site.look('A', soon)).toBe('withdrawn');
    await client.del(`${prefix}:withdrawn:A`);
    const again = await joined('st1', whole, first.store);
    await again.site.tell([], soon);
    expect(await second.site.look('A', soon)).toBe('withdrawn');
    const claims = openRedisClaims({ link: await redis.link(), stationId: 'st2', stations: ['st2'], prefix });
    const claim = await claims.claim('A', soon);
    await claims.finish('A', claim.kind === 'claimed' ? claim.fence : 0, 'refused', soon);
    await second.site.leave('A', soon);
    await again.site.tell([], soon);
    expect(first.store.summaryOf('A')?.state).toBe('WITHDRAWN');
    expect(await client.exists(`${prefix}:withdrawn:A`)).toBe(0);
  });

  it.each([['finished', 'MADE_ELSEWHERE'], ['refused', 'REJECTED']] as const)('take note of an order that the other %s', async (outcome, state) => {
    const first = await joined('st1', whole);
    const second = await joined('st2', whole);
    put(first.store, 'A');
    await first.site.tell([told('A')], soon);
    const claims = openRedisClaims({ link: await redis.link(), stationId: 'st2', stations: ['st2'], prefix });
    const claim = await claims.claim('A', soon);
    await claims.finish('A', claim.kind === 'claimed' ? claim.fence : 0, outcome, soon);
    await first.site.tell([told('A')], soon);
    expect(first.store.summaryOf('A')).toMatchObject({ state, reasons: ['QUE-OTHER-STATION'] });
    expect(await second.site.look('A', soon)).toBe('absent');
  });

  it('leave a scrapped card to another only while one is free, can make it, and is heard of', async () => {
    const first = await joined('st1', whole);
    const second = await joined('st2', whole);
    put(first.store, 'A');
    expect(await first.site.passesOn('A', soon.signal)).toBe(true);
    await second.site.setIdle(false, soon);
    expect(await first.site.passesOn('A', soon.signal)).toBe(false);
    await second.site.setIdle(true, soon);
    first.store.batches.create('B1');
    first.store.batches.setOrders('B1', ['A']);
    first.store.batches.happen('B1', 'start');
    expect(await first.site.passesOn('A', soon.signal)).toBe(false);
  });
});
