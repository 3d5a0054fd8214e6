import { describe, expect, it } from 'vitest';
import { foldRecord, isFinal, sameView, type AttemptView } from '../../../../queue/journal/journal-fold.ts';
import type { JournalEntry } from '../../../../queue/journal/journal-entry.ts';
import { goodCard, settled } from '../../../support/queue/journal-entries.ts';

function fold(entries: readonly JournalEntry[], fences: readonly number[] = []): AttemptView | null {
  return entries.reduce<AttemptView | null>((view, entry, index) => foldRecord(view, { seq: index + 1, at: 0, orderId: 'A', attempt: 1, fence: fences[index] ?? 1, entry }), null);
}

describe('The folded view of an attempt', () => {
  it('holds chip, card number and outcome of a good card', () => {
    expect(fold(goodCard('BB-2611-000001', '04aa'))).toEqual({
      orderId: 'A', attempt: 1, fence: 1, lastKind: 'settled', uid: '04aa', cardNumber: 'BB-2611-000001', outcome: 'finished', reported: false,
    });
  });

  it('keeps the highest fence', () => {
    expect(fold(goodCard('N', 'U'), [3, 9, 9])?.fence).toBe(9);
  });

  it('is reported by a report, and unreported again by a later settlement', () => {
    const reported = [settled('held'), { kind: 'reported', outcome: 'held' }] as const;
    expect(fold(reported)?.reported).toBe(true);
    expect(fold([...reported, settled('finished')])).toMatchObject({ reported: false, outcome: 'finished' });
  });

  it('sees a difference in every value', () => {
    const view = fold(goodCard('N', 'U'));
    if (view === null) throw new Error('a card has a view');
    const changed: readonly Partial<AttemptView>[] = [{ orderId: 'B' }, { attempt: 2 }, { fence: 2 }, { lastKind: 'fed' }, { uid: null }, { cardNumber: 'M' }, { outcome: 'again' }, { reported: true }];
    expect(sameView(view, { ...view })).toBe(true);
    expect(changed.map((change) => sameView(view, { ...view, ...change }))).toEqual(changed.map(() => false));
  });

  it('calls finished and refused final, nothing else', () => {
    expect((['finished', 'refused', 'again', 'held', null] as const).map(isFinal)).toEqual([true, true, false, false, false]);
  });
});
