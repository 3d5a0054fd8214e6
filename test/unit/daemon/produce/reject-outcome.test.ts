import { describe, expect, test } from 'vitest';
import { foldAttempt } from '../../../../daemon/produce/attempt-state.ts';
import { forward } from '../../../../daemon/produce/forward.ts';
import type { JournalEntry } from '../../../../queue/journal/journal-entry.ts';

const evidence = { position: 'contact', cardsFed: 1, panelsPrinted: 0, cardsToOutput: null, cardsToReject: null } as const;
const rejected: readonly JournalEntry[] = [
  { kind: 'claimed', payloadDigest: 'd' },
  { kind: 'eject-intent', to: 'reject', reason: 'ENC-PARTIAL', evidence },
  { kind: 'ejected', to: 'reject', evidence },
];
const asked: JournalEntry = { kind: 'held', question: 'another-blank', answers: ['remake', 'give-up'], reason: 'ENC-PARTIAL' };
const answered = (answer: string): JournalEntry => ({ kind: 'answered', answer, by: 'person' });
const next = (entries: readonly JournalEntry[], attemptsLeft: number) => forward(foldAttempt(entries), { steps: ['piv'], attemptsLeft });

describe('after a rejected card', () => {
  test('another attempt follows while the order has some left', () => {
    expect(next(rejected, 1)).toEqual({ do: 'settle', outcome: 'again', reason: 'ENC-PARTIAL' });
  });

  test('a person is asked when it has none left, and nothing moves before the answer', () => {
    expect(next(rejected, 0)).toEqual({ do: 'hold', question: 'another-blank', reason: 'ENC-PARTIAL' });
    expect(next([...rejected, asked], 0)).toEqual({ do: 'await-answer' });
  });

  test('the answer decides: another card, or the order goes back', () => {
    expect(next([...rejected, asked, answered('remake')], 0)).toEqual({ do: 'settle', outcome: 'again', reason: 'ENC-PARTIAL' });
    expect(next([...rejected, asked, answered('give-up')], 0)).toEqual({ do: 'settle', outcome: 'refused', reason: 'ENC-PARTIAL' });
  });
});
