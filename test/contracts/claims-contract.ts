import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Claims } from '../../queue/claim/claims.ts';
import { expectRejectedFault } from '../support/queue/expect-fault.ts';
import { patience } from '../support/queue/test-redis.ts';

/** A claim server that two stations share, and that can lose its memory. */
export interface ClaimsSubject extends AsyncDisposable {
  /** The claims of `station` among `stations`. */
  station(station: string, stations: readonly string[]): Promise<Claims>;
  restart(): Promise<void>;
  forgetAll(): Promise<void>;
  /** Gives the way back to the server's memory of now. */
  remember(): Promise<() => Promise<void>>;
}

const both = ['st1', 'st2'];
const soon = patience();

/** What every claim server keeps. */
export function claimsContract(name: string, createSubject: () => Promise<ClaimsSubject>): void {
  describe(name, () => {
    let subject: ClaimsSubject;
    let first: Claims;
    let second: Claims;

    beforeEach(async () => {
      subject = await createSubject();
      first = await subject.station('st1', both);
      second = await subject.station('st2', both);
    });

    afterEach(async () => {
      await first[Symbol.asyncDispose]();
      await second[Symbol.asyncDispose]();
      await subject[Symbol.asyncDispose]();
    });

    async function publishBoth(): Promise<void> {
      await first.publish([], 0, soon);
      await second.publish([], 0, soon);
    }

    async function fenceOf(claims: Claims, orderId: string): Promise<number> {
      const answer = await claims.claim(orderId, soon);
      if (answer.kind !== 'claimed') throw new Error(`${orderId} was not claimed but ${answer.kind}`);
      return answer.fence;
    }

    it('gives no order away before every station has published, and names those that have not', async () => {
      expect(await first.claim('A', soon)).toEqual({ kind: 'barrier', waitingFor: ['st1', 'st2'] });
      await first.publish([], 0, soon);
      expect(await first.claim('A', soon)).toEqual({ kind: 'barrier', waitingFor: ['st2'] });
      await second.publish([], 0, soon);
      expect(await first.claim('A', soon)).toEqual({ kind: 'claimed', fence: 1 });
    });

    it('gives an order to one station, with a fence that never falls', async () => {
      await publishBoth();
      const fences = [await fenceOf(first, 'A'), await fenceOf(second, 'B'), await fenceOf(first, 'C')];
      expect(fences).toEqual([1, 2, 3]);
      expect(await second.claim('A', soon)).toEqual({ kind: 'foreign', station: 'st1' });
      expect(await first.claim('A', soon)).toEqual({ kind: 'claimed', fence: 1 });
      expect(await first.holds('A', 1, soon)).toBe(true);
      expect(await first.holds('A', 2, soon)).toBe(false);
      expect(await second.holds('A', 1, soon)).toBe(false);
    });

    it('gives an order to exactly one of two stations that ask at the same time', async () => {
      await publishBoth();
      for (let round = 0; round < 20; round += 1) {
        const answers = await Promise.all([first.claim(`R${round}`, soon), second.claim(`R${round}`, soon)]);
        expect(answers.map((answer) => answer.kind).toSorted()).toEqual(['claimed', 'foreign']);
      }
    });

    it('never gives an order away again once it is finished or refused', async () => {
      await publishBoth();
      await first.finish('A', await fenceOf(first, 'A'), 'finished', soon);
      await second.finish('B', await fenceOf(second, 'B'), 'refused', soon);
      expect(await second.claim('A', soon)).toEqual({ kind: 'done', outcome: 'finished', station: 'st1' });
      expect(await first.claim('B', soon)).toEqual({ kind: 'done', outcome: 'refused', station: 'st2' });
      expect(await first.holds('A', 1, soon)).toBe(false);
    });

    it('takes a repeated finish, and refuses one under another fence or by another station', async () => {
      await publishBoth();
      const fence = await fenceOf(first, 'A');
      await expectRejectedFault('QUE-FENCED', second.finish('A', fence, 'finished', soon));
      await expectRejectedFault('QUE-FENCED', first.finish('A', fence + 1, 'finished', soon));
      await first.finish('A', fence, 'finished', soon);
      await first.finish('A', fence, 'finished', soon);
      await expectRejectedFault('QUE-FENCED', first.finish('A', fence, 'refused', soon));
      expect(await second.claim('A', soon)).toMatchObject({ kind: 'done', outcome: 'finished' });
    });

    it('tells what came to a final outcome, at whatever station, and nothing of what did not', async () => {
      await publishBoth();
      await first.finish('A', await fenceOf(first, 'A'), 'finished', soon);
      await second.finish('B', await fenceOf(second, 'B'), 'refused', soon);
      await first.finish('C', await fenceOf(first, 'C'), 'held', soon);
      await fenceOf(second, 'D');
      const asked = ['A', 'B', 'C', 'D', ...Array.from({ length: 600 }, (_, index) => `N${index}`)];
      expect([...(await second.ended(asked, soon))]).toEqual([['A', { outcome: 'finished', station: 'st1' }], ['B', { outcome: 'refused', station: 'st2' }]]);
      expect([...(await second.ended([], soon))]).toEqual([]);
    });

    it('keeps the claim of an order that is held', async () => {
      await publishBoth();
      const fence = await fenceOf(first, 'A');
      await first.finish('A', fence, 'held', soon);
      expect(await second.claim('A', soon)).toEqual({ kind: 'foreign', station: 'st1' });
      await first.finish('A', fence, 'finished', soon);
      expect(await second.claim('A', soon)).toMatchObject({ kind: 'done' });
    });

    it('gives a released order to the next who asks, under a higher fence; an old release does nothing', async () => {
      await publishBoth();
      const before = await fenceOf(first, 'A');
      await first.release('A', before, soon);
      const after = await fenceOf(second, 'A');
      expect(after).toBeGreaterThan(before);
      await first.release('A', before, soon);
      await first.release('A', after, soon);
      expect(await second.holds('A', after, soon)).toBe(true);
    });

    it('gives an order that was passed on to the next who asks, with the attempts that were made; only its owner passes it on', async () => {
      await publishBoth();
      const fence = await fenceOf(first, 'A');
      expect(await second.passOn('A', fence, 1, soon)).toBe(false);
      expect(await first.passOn('A', fence + 1, 1, soon)).toBe(false);
      expect(await first.passOn('A', fence, 2, soon)).toBe(true);
      const answer = await second.claim('A', soon);
      expect(answer).toEqual({ kind: 'claimed', fence: fence + 1, attemptsBefore: 2 });
      expect(await first.passOn('A', fence, 9, soon)).toBe(false);
      await second.finish('A', fence + 1, 'finished', soon);
      expect(await first.ended(['A', 'B'], soon)).toEqual(new Map([['A', { outcome: 'finished', station: 'st2' }]]));
    });

    it('counts attempts on from what the stations publish after all memory was lost', async () => {
      await publishBoth();
      await subject.forgetAll();
      await first.publish([{ orderId: 'A', fence: 3, outcome: null, attempt: 2 }], 3, soon);
      await second.publish([{ orderId: 'A', fence: 7, outcome: null, attempt: 3 }], 7, soon);
      expect(await first.claim('A', soon)).toEqual({ kind: 'foreign', station: 'st2' });
      expect(await second.claim('A', soon)).toEqual({ kind: 'claimed', fence: 7, attemptsBefore: 3 });
    });

    it('keeps claims and outcomes over a restart, but gives nothing new away until all have published again', async () => {
      await publishBoth();
      const fence = await fenceOf(first, 'A');
      await second.finish('B', await fenceOf(second, 'B'), 'finished', soon);
      await subject.restart();
      expect(await first.claim('C', soon)).toEqual({ kind: 'barrier', waitingFor: ['st1', 'st2'] });
      expect(await first.holds('A', fence, soon)).toBe(true);
      expect(await first.claim('B', soon)).toMatchObject({ kind: 'done' });
      await publishBoth();
      expect(await second.claim('A', soon)).toEqual({ kind: 'foreign', station: 'st1' });
      expect(await fenceOf(second, 'C')).toBe(3);
    });

    it('knows everything again from what the stations publish after all memory was lost', async () => {
      await publishBoth();
      const fence = await fenceOf(first, 'A');
      await second.finish('B', await fenceOf(second, 'B'), 'finished', soon);
      await subject.forgetAll();
      await first.publish([{ orderId: 'A', fence, outcome: null }], fence, soon);
      expect(await first.claim('B', soon)).toEqual({ kind: 'barrier', waitingFor: ['st2'] });
      await second.publish([{ orderId: 'B', fence: 2, outcome: 'finished' }, { orderId: 'D', fence: 9, outcome: 'again' }], 40, soon);
      expect(await second.claim('A', soon)).toEqual({ kind: 'foreign', station: 'st1' });
      expect(await first.claim('B', soon)).toEqual({ kind: 'done', outcome: 'finished', station: 'st2' });
      expect(await first.claim('D', soon)).toEqual({ kind: 'foreign', station: 'st2' });
      expect(await fenceOf(first, 'C')).toBe(41);
    });

    it('believes the station with the higher fence after a rollback, and an outcome above every claim', async () => {
      await publishBoth();
      const old = [await fenceOf(first, 'A'), await fenceOf(first, 'B')] as const;
      const rollBack = await subject.remember();
      await publishBoth();
      await first.release('A', old[0], soon);
      await first.release('B', old[1], soon);
      const fences = [await fenceOf(second, 'A'), await fenceOf(second, 'B')] as const;
      await second.finish('B', fences[1], 'finished', soon);
      await rollBack();
      expect(await first.holds('A', old[0], soon)).toBe(true);
      await first.publish([], 2, soon);
      await second.publish([{ orderId: 'A', fence: fences[0], outcome: null }, { orderId: 'B', fence: fences[1], outcome: 'finished' }], fences[1], soon);
      expect(await first.claim('A', soon)).toEqual({ kind: 'foreign', station: 'st2' });
      expect(await first.claim('B', soon)).toEqual({ kind: 'done', outcome: 'finished', station: 'st2' });
      expect(await first.holds('A', old[0], soon)).toBe(false);
      expect(await fenceOf(first, 'C')).toBeGreaterThan(fences[1]);
    });

    it('keeps the higher of two fences that are published for an order, whichever comes first', async () => {
      await second.publish([{ orderId: 'A', fence: 9, outcome: null }], 9, soon);
      await first.publish([{ orderId: 'A', fence: 3, outcome: null }, { orderId: 'B', fence: 4, outcome: null }], 4, soon);
      await second.publish([{ orderId: 'B', fence: 8, outcome: null }], 9, soon);
      expect(await first.claim('A', soon)).toEqual({ kind: 'foreign', station: 'st2' });
      expect(await first.claim('B', soon)).toEqual({ kind: 'foreign', station: 'st2' });
      expect(await first.holds('A', 3, soon)).toBe(false);
    });

    it('takes the claims of a station with many orders', async () => {
      const owned = Array.from({ length: 1_250 }, (_, index) => ({ orderId: `M${index}`, fence: index + 1, outcome: index % 2 === 0 ? ('finished' as const) : null }));
      await first.publish(owned, 1_250, soon);
      await second.publish([], 0, soon);
      expect(await second.claim('M0', soon)).toMatchObject({ kind: 'done' });
      expect(await second.claim('M1249', soon)).toMatchObject({ kind: 'foreign', station: 'st1' });
      expect(await fenceOf(second, 'new')).toBe(1_251);
    });

    it('says QUE-UNAVAILABLE when no answer comes in time, and STA-ABORTED when told to stop', async () => {
      await subject[Symbol.asyncDispose]();
      await expectRejectedFault('QUE-UNAVAILABLE', first.claim('A', patience(200)));
      const stopped = AbortSignal.abort();
      await expectRejectedFault('STA-ABORTED', first.claim('A', { signal: stopped, timeoutMs: 200 }));
    });
  });
}
