import { describe, expect, test } from 'vitest';
import { foldAttempt } from '../../../../daemon/produce/attempt-state.ts';
import { next } from '../../../../daemon/produce/next.ts';
import type { Knowledge, OrderEffect } from '../../../../daemon/produce/order-effect.ts';
import { claimed, nothingInside } from '../../../support/queue/journal-entries.ts';
import type { JournalEntry } from '../../../../queue/journal/journal-entry.ts';

const planned: JournalEntry = { kind: 'planned', cardNumber: 'BB-2611-000001', guid: '00', validFrom: '2026-11-22', validTo: '2027-11-22', artwork: 'a', profile: 'p 1' };
const feedIntent: JournalEntry = { kind: 'feed-intent', evidence: nothingInside };
const fed: JournalEntry = { kind: 'fed', evidence: nothingInside };
const identified: JournalEntry = { kind: 'identified', uid: '04AA', atr: '3B' };
const proven: JournalEntry = { kind: 'crosschecked', uid: '04AA', cardNumber: 'BB-2611-000001', certificates: [], artwork: 'a', chips: 'c' };
const toReject: readonly JournalEntry[] = [{ kind: 'eject-intent', to: 'reject', reason: 'ORD-WITHDRAWN', evidence: nothingInside }, { kind: 'ejected', to: 'reject', evidence: nothingInside }];
const toOutput: readonly JournalEntry[] = [{ kind: 'eject-intent', to: 'output', evidence: nothingInside }, { kind: 'ejected', to: 'output', evidence: nothingInside }];

function withdrawn(entries: readonly JournalEntry[], known: Knowledge = { kind: 'sure' }): OrderEffect {
  return next(foldAttempt(entries), known, { steps: ['mifare', 'piv'], attemptsLeft: 3, withdrawn: true });
}

const refused: OrderEffect = { do: 'settle', outcome: 'refused', reason: 'ORD-WITHDRAWN' };
const scrapped: OrderEffect = { do: 'eject', to: 'reject', reason: 'ORD-WITHDRAWN' };

describe('an order that is taken back', () => {
  test('before a card was fed goes back without one', () => {
    expect(withdrawn([claimed])).toEqual(refused);
    expect(withdrawn([claimed, planned])).toEqual(refused);
  });

  test('with a card inside scraps it, also a proven one', () => {
    expect(withdrawn([claimed, planned, feedIntent, fed])).toEqual(scrapped);
    expect(withdrawn([claimed, planned, feedIntent, fed, identified])).toEqual(scrapped);
    expect(withdrawn([claimed, planned, feedIntent, fed, identified, proven])).toEqual(scrapped);
  });

  test('ends refused when its card lies in the reject box: no new attempt', () => {
    expect(withdrawn([claimed, planned, feedIntent, fed, identified, ...toReject])).toEqual(refused);
  });

  test('too late keeps its card: what was announced stands', () => {
    expect(withdrawn([claimed, planned, feedIntent, fed, identified, proven, ...toOutput])).toEqual({ do: 'settle', outcome: 'finished' });
  });

  test('after a restart asks printer and chip first, then scraps what is inside or goes back without a card', () => {
    const inside: Knowledge = { kind: 'asked', evidence: { ...nothingInside, position: 'contactless' }, proven: 'held', chip: { uid: '04AA', tag: null }, fault: null };
    expect(withdrawn([claimed, planned, feedIntent, fed, identified], inside)).toEqual(scrapped);
    const nothing: Knowledge = { kind: 'asked', evidence: nothingInside, proven: 'not-done', chip: null, fault: null };
    expect(withdrawn([claimed, planned, feedIntent], nothing)).toEqual(refused);
    expect(withdrawn([claimed, planned, feedIntent, fed, identified], { ...nothing, proven: 'held' })).toMatchObject({ do: 'hold', question: 'where-is-the-card' });
  });
});
