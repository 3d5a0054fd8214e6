import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { Journal } from '../../queue/journal/journal.ts';
import type { JournalEntry, JournalRecord } from '../../queue/journal/journal-entry.ts';
import { expectFault } from '../support/queue/expect-fault.ts';
import { attemptOf, claimed, goodCard, identified, nothingInside, planned, settled } from '../support/queue/journal-entries.ts';

/** A place for one journal that can be opened again and again. */
export interface JournalSubject extends AsyncDisposable {
  open(): Journal;
}

/** What every journal keeps, whatever it is made of. */
export function journalContract(name: string, createSubject: () => Promise<JournalSubject>): void {
  describe(name, () => {
    let subject: JournalSubject;
    let journal: Journal;

    beforeEach(async () => {
      subject = await createSubject();
      journal = subject.open();
    });

    afterEach(async () => {
      journal[Symbol.dispose]();
      await subject[Symbol.asyncDispose]();
    });

    function reopen(): void {
      journal[Symbol.dispose]();
      journal = subject.open();
    }

    function append(orderId: string, entries: readonly JournalEntry[], attempt = 1, fence = 1): readonly JournalRecord[] {
      return entries.map((entry) => journal.append(attemptOf(orderId, attempt, fence), entry));
    }

    it('numbers records from 1 without gaps and gives them back after reopening', () => {
      const records = append('A', goodCard('BB-2611-000001', '04aa'));
      reopen();
      append('B', [claimed]);
      expect(records.map((record) => record.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      expect(journal.recordsOf('A')).toEqual(records);
      expect(journal.recordsOf('B').map((record) => record.seq)).toEqual([9]);
      expect(journal.recordsOf('C')).toEqual([]);
      expect(journal.verify()).toMatchObject({ records: 9, brokenAt: null, reason: null, head: journal.recordsOf('B')[0]?.hash });
    });

    it('gives two equal entries different hashes', () => {
      const [first, second] = append('A', [claimed, claimed]);
      expect(first?.hash).toMatch(/^[0-9a-f]{64}$/);
      expect(second?.hash).not.toBe(first?.hash);
    });

    it('tells open attempts with all their records until they are settled', () => {
      append('A', goodCard('BB-2611-000001', '04aa'));
      const records = append('B', [claimed, planned('BB-2611-000002')], 2, 7);
      reopen();
      expect(journal.openAttempts()).toEqual([{ orderId: 'B', attempt: 2, fence: 7, records }]);
      append('B', [settled('again')], 2, 7);
      expect(journal.openAttempts()).toEqual([]);
    });

    it('tells the open attempt that may have a card in the machine before those that were answered, so that it goes on first', () => {
      append('A', [claimed, { kind: 'held', question: 'where-is-the-card', answers: ['destroyed'], reason: 'QC-UNKNOWN-OUTCOME' }]);
      append('B', [claimed, planned('BB-2611-000002')], 1, 2);
      append('A', [{ kind: 'answered', answer: 'destroyed', by: 'person' }]);
      expect(journal.openAttempts().map(({ orderId }) => orderId)).toEqual(['B', 'A']);
    });

    it('tells the last outcome, with its attempt and card number', () => {
      append('A', [claimed, planned('BB-2611-000001'), settled('again')]);
      append('A', [...goodCard('BB-2611-000002', '04aa')], 2);
      append('B', [claimed, settled('refused')]);
      append('C', [claimed]);
      expect(journal.outcomeOf('A')).toEqual({ outcome: 'finished', attempt: 2, cardNumber: 'BB-2611-000002' });
      expect(journal.outcomeOf('B')).toEqual({ outcome: 'refused', attempt: 1, cardNumber: null });
      expect(journal.outcomeOf('C')).toBeNull();
    });

    it('tells outcomes as unreported until a report follows them', () => {
      append('A', goodCard('BB-2611-000001', '04aa'), 1, 3);
      append('B', [claimed, settled('refused'), { kind: 'reported', outcome: 'refused' }]);
      expect(journal.unreported()).toEqual([{ orderId: 'A', attempt: 1, fence: 3, outcome: 'finished' }]);
      append('A', [{ kind: 'reported', outcome: 'finished' }], 1, 3);
      reopen();
      expect(journal.unreported()).toEqual([]);
    });

    it('tells what it owns: the highest fence and the last attempt of each order, the outcome only when it is final', () => {
      append('A', goodCard('BB-2611-000001', '04aa'), 1, 3);
      append('B', [claimed, settled('again')], 1, 4);
      append('B', [claimed], 2, 9);
      append('C', [claimed, settled('held')], 1, 5);
      expect(journal.owned()).toEqual([
        { orderId: 'A', fence: 3, outcome: 'finished', attempt: 1 },
        { orderId: 'B', fence: 9, outcome: null, attempt: 2 },
        { orderId: 'C', fence: 5, outcome: null, attempt: 1 },
      ]);
      expect(journal.highestFence()).toBe(9);
    });

    it('has no fence when it is empty', () => {
      expect(journal.highestFence()).toBe(0);
      expect(journal.owned()).toEqual([]);
      expect(journal.verify()).toMatchObject({ records: 0, brokenAt: null });
    });

    it('refuses a record under a lower fence than the order was seen under, and changes nothing', () => {
      append('A', [claimed], 1, 5);
      expectFault('QUE-FENCED', () => append('A', [settled('again')], 1, 4));
      expectFault('QUE-FENCED', () => append('A', [claimed], 2, 4));
      expectFault('QUE-FENCED', () => journal.putSealed(attemptOf('A', 1, 4), Uint8Array.of(1)));
      append('A', [settled('again')], 1, 6);
      append('B', [claimed], 1, 1);
      expect(journal.recordsOf('A').map((record) => record.entry.kind)).toEqual(['claimed', 'settled']);
      expect(journal.verify().brokenAt).toBeNull();
    });

    it('refuses a chip that another attempt had, for ever', () => {
      append('A', goodCard('BB-2611-000001', '04aa'));
      reopen();
      append('A', [claimed], 2);
      expectFault('ENC-UID-USED', () => append('A', [identified('04aa')], 2));
      expectFault('ENC-UID-USED', () => append('B', [identified('04aa')]));
      append('A', [identified('04aa')], 1);
      append('B', [identified('04bb')]);
      expect(journal.verify()).toMatchObject({ records: 11, brokenAt: null });
    });

    it('refuses a card number that another attempt had, for ever', () => {
      append('A', [claimed, planned('BB-2611-000001'), settled('again')]);
      reopen();
      expectFault('QC-NUMBER-REUSED', () => append('A', [planned('BB-2611-000001')], 2));
      expectFault('QC-NUMBER-REUSED', () => append('B', [planned('BB-2611-000001')]));
      append('A', [planned('BB-2611-000002')], 2);
      expect(journal.outcomeOf('A')?.cardNumber).toBe('BB-2611-000001');
    });

    it('announces no blank while another card is begun and not ended', () => {
      const announced: JournalEntry = { kind: 'feed-intent', evidence: nothingInside };
      append('A', [claimed, planned('BB-2611-000001'), announced]);
      append('B', [claimed, planned('BB-2611-000002')], 1, 2);
      reopen();
      expectFault('JRN-OTHER-OPEN', () => append('B', [announced], 1, 2));
      expectFault('JRN-OTHER-OPEN', () => append('A', [announced], 2));
      append('B', [settled('again')], 1, 2);
      append('A', [announced]);
      append('A', [{ kind: 'held', question: 'where-is-the-card', answers: ['destroyed'], reason: 'QC-UNKNOWN-OUTCOME' }]);
      append('B', [claimed, announced], 2, 2);
      append('A', [{ kind: 'answered', answer: 'destroyed', by: 'person' }]);
      append('B', [announced], 2, 2);
      expect(journal.recordsOf('B').map(({ entry }) => entry.kind)).toEqual(['claimed', 'planned', 'settled', 'claimed', 'feed-intent', 'feed-intent']);
    });

    it('belongs to one printer', () => {
      journal.bind('EV-1');
      journal.bind('EV-1');
      reopen();
      expectFault('JRN-OTHER-BENCH', () => journal.bind('EV-2'));
      expect(() => journal.bind('EV-1')).not.toThrow();
    });

    it('keeps sealed bytes beside the chain until they are erased', () => {
      append('A', [claimed]);
      journal.putSealed(attemptOf('A'), Uint8Array.of(1, 2, 3));
      journal.putSealed(attemptOf('A', 2), Uint8Array.of(9));
      reopen();
      expect(journal.sealedOf('A', 1)).toEqual(Uint8Array.of(1, 2, 3));
      journal.eraseSealed('A', 1);
      journal.eraseSealed('A', 1);
      reopen();
      expect(journal.sealedOf('A', 1)).toBeNull();
      expect(journal.sealedOf('A', 2)).toEqual(Uint8Array.of(9));
      expect(journal.verify().records).toBe(1);
    });

    it('keeps more of an attempt by name, and erases it with the sealed bytes', () => {
      append('A', [claimed], 1, 5);
      journal.keep(attemptOf('A', 1, 5), 'certificate 9A', Uint8Array.of(1));
      journal.keep(attemptOf('A', 1, 5), 'certificate 9A', Uint8Array.of(2, 2));
      journal.keep(attemptOf('A', 1, 5), 'certificate 9E', Uint8Array.of(3));
      journal.keep(attemptOf('A', 2, 5), 'certificate 9A', Uint8Array.of(9));
      expectFault('QUE-FENCED', () => journal.keep(attemptOf('A', 1, 4), 'certificate 9A', Uint8Array.of(4)));
      reopen();
      expect(['9A', '9E', '9C'].map((slot) => journal.keptOf('A', 1, `certificate ${slot}`))).toEqual([Uint8Array.of(2, 2), Uint8Array.of(3), null]);
      journal.eraseSealed('A', 1);
      reopen();
      expect(['9A', '9E'].map((slot) => journal.keptOf('A', 1, `certificate ${slot}`))).toEqual([null, null]);
      expect(journal.keptOf('A', 2, 'certificate 9A')).toEqual(Uint8Array.of(9));
    });

    it('has one opener at a time', () => {
      expectFault('JRN-IN-USE', () => subject.open());
      append('A', [claimed]);
      reopen();
      expect(journal.recordsOf('A')).toHaveLength(1);
    });

    it('equals a simple model over any story, reopened at any point', () => {
      const key = fc.record({ orderId: fc.constantFrom('A', 'B', 'C'), attempt: fc.integer({ min: 1, max: 3 }), fence: fc.integer({ min: 1, max: 4 }) });
      const entry = fc.oneof(
        fc.constant(claimed),
        fc.constantFrom('N1', 'N2', 'N3').map(planned),
        fc.constantFrom('U1', 'U2', 'U3').map(identified),
        fc.constantFrom('finished', 'again', 'held', 'refused').map((outcome) => settled(outcome)),
      );
      const step = fc.oneof({ weight: 9, arbitrary: fc.record({ key, entry }) }, { weight: 1, arbitrary: fc.constant('reopen' as const) });
      let story = 0;
      fc.assert(
        fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
          story += 1;
          const kept: Kept[] = [];
          const before = journal.verify().records;
          const named = (id: string): string => `${id}.${story}`;
          for (const next of steps) {
            if (next === 'reopen') {
              reopen();
              continue;
            }
            const own = { ...next.key, orderId: named(next.key.orderId) };
            const said = ownValues(next.entry, named);
            if (isAllowed(kept, own, said)) {
              journal.append(own, said);
              kept.push({ ...own, entry: said });
            } else expect(() => journal.append(own, said)).toThrow(StationFault);
          }
          const stored = ['A', 'B', 'C'].flatMap((id) => journal.recordsOf(named(id))).toSorted((a, b) => a.seq - b.seq);
          expect(stored.map(({ orderId, attempt, fence, entry: told }) => ({ orderId, attempt, fence, entry: told }))).toEqual(kept);
          expect(journal.verify()).toMatchObject({ records: before + kept.length, brokenAt: null });
        }),
        { numRuns: 40 },
      );
    });
  });
}

type Key = ReturnType<typeof attemptOf>;
type Kept = Key & { readonly entry: JournalEntry };

/** Chips and numbers of one story are no other story's. */
function ownValues(entry: JournalEntry, named: (id: string) => string): JournalEntry {
  if (entry.kind === 'identified') return { ...entry, uid: named(entry.uid) };
  return entry.kind === 'planned' ? { ...entry, cardNumber: named(entry.cardNumber) } : entry;
}

/** The rules of `append` in their plainest form: a list of what was kept. */
function isAllowed(kept: readonly Kept[], key: Key, entry: JournalEntry): boolean {
  if (kept.some((record) => record.orderId === key.orderId && record.fence > key.fence)) return false;
  const others = kept.filter((record) => record.orderId !== key.orderId || record.attempt !== key.attempt).map((record) => record.entry);
  if (entry.kind === 'identified') return !others.some((other) => other.kind === 'identified' && other.uid === entry.uid);
  return entry.kind !== 'planned' || !others.some((other) => other.kind === 'planned' && other.cardNumber === entry.cardNumber);
}
