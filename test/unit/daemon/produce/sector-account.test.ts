import { describe, expect, it } from 'vitest';
import { sectorAccount, unfinishedSectors } from '../../../../daemon/produce/sector-account.ts';
import type { JournalEntry } from '../../../../queue/journal/journal-entry.ts';

const act = (kind: 'effect-intent' | 'effect-done', name: string, step = 'mifare'): JournalEntry => ({ kind, step, effect: 'repeatable', act: name });
const whole = (name: string): readonly JournalEntry[] => [act('effect-intent', name), act('effect-done', name)];

describe('the account of sectors', () => {
  it('says nothing of a chip that nobody wrote on', () => {
    expect(sectorAccount([{ kind: 'claimed', payloadDigest: '' }, act('effect-intent', 'CHUID', 'piv')], 16)).toBeNull();
  });

  it('keeps apart what is proven, what was begun, and what stands as delivered', () => {
    const account = sectorAccount([...whole('tag'), ...whole('trailer 4'), ...whole('trailer 3'), act('effect-intent', 'trailer 2')], 5);
    expect(account).toEqual({ locked: [3, 4], inDoubt: [2], open: [0, 1] });
    expect(account === null ? null : unfinishedSectors(account)).toBe('0-2');
  });

  it('counts a trailer that a later run proved as locked', () => {
    expect(sectorAccount([act('effect-intent', 'trailer 1'), ...whole('trailer 1')], 2)).toEqual({ locked: [1], inDoubt: [], open: [0] });
  });

  it.each([
    [{ locked: [], inDoubt: [7], open: [0, 1, 2, 9, 11] }, '0-2, 7, 9, 11'],
    [{ locked: [0, 1], inDoubt: [], open: [] }, null],
  ])('names sectors as an operator reads them: %j', (account, text) => {
    expect(unfinishedSectors(account)).toBe(text);
  });
});
