import { describe, expect, it } from 'vitest';
import { certificatesToRevoke } from '../../../../daemon/produce/certificates-to-revoke.ts';
import type { JournalEntry } from '../../../../queue/journal/journal-entry.ts';

const intent = (act: string, data: Readonly<Record<string, string | number>>): JournalEntry => ({ kind: 'effect-intent', step: 'piv', effect: 'permanent', act, data });
const done = (act: string, data: Readonly<Record<string, string | number>>): JournalEntry => ({ kind: 'effect-done', step: 'piv', effect: 'permanent', act, data });

/** The records of one slot: asked, its number known, written. */
function issue(slot: string, key: string, serial: string): readonly JournalEntry[] {
  const named = { slot, serial };
  return [intent(`issue ${slot}`, { slot, key, keyId: `id-${key}` }), intent(`certificate ${slot}`, named), done(`certificate ${slot}`, named), done(`issue ${slot}`, { slot, key, keyId: `id-${key}`, issued: 'kept', serial })];
}
const good = [...issue('9A', 'k1', 'S1'), ...issue('9E', 'k2', 'S2')];

describe('certificatesToRevoke', () => {
  it('leaves a good card alone', () => {
    expect(certificatesToRevoke(good, 'finished')).toEqual([]);
  });

  it.each(['again', 'held', 'refused'] as const)('names every certificate of a card that did not become good: %s', (outcome) => {
    expect(certificatesToRevoke(good, outcome)).toEqual([
      { slot: '9A', serial: 'S1', publicKeySha256: 'k1', subjectKeyId: 'id-k1' },
      { slot: '9E', serial: 'S2', publicKeySha256: 'k2', subjectKeyId: 'id-k2' },
    ]);
  });

  it('names one that was issued and not written, by its number', () => {
    expect(certificatesToRevoke(issue('9A', 'k1', 'S1').slice(0, 2), 'again')).toEqual([{ slot: '9A', serial: 'S1', publicKeySha256: 'k1', subjectKeyId: 'id-k1' }]);
  });

  it('names one that may have been issued by its key, because the answer never came', () => {
    expect(certificatesToRevoke([intent('issue 9A', { slot: '9A', key: 'k1', keyId: 'id-k1' })], 'again')).toEqual([{ slot: '9A', serial: null, publicKeySha256: 'k1', subjectKeyId: 'id-k1' }]);
  });

  it('names none where the authority certainly issued none', () => {
    expect(certificatesToRevoke([intent('issue 9A', { slot: '9A', key: 'k1', keyId: 'id-k1' }), done('issue 9A', { slot: '9A', key: 'k1', issued: 'none' })], 'again')).toEqual([]);
  });

  it('names one that the authority was asked for and answered unreadably, also when the card became good with the next', () => {
    const unseen = [intent('issue 9A', { slot: '9A', key: 'k0', keyId: 'id-k0' }), done('issue 9A', { slot: '9A', key: 'k0', issued: 'unknown' })];
    expect(certificatesToRevoke(unseen, 'again')).toEqual([{ slot: '9A', serial: null, publicKeySha256: 'k0', subjectKeyId: 'id-k0' }]);
    expect(certificatesToRevoke([...unseen, ...good], 'finished')).toEqual([{ slot: '9A', serial: null, publicKeySha256: 'k0', subjectKeyId: 'id-k0' }]);
  });

  it('names what a good card was issued before what stands in it', () => {
    expect(certificatesToRevoke([...issue('9A', 'k0', 'S0').slice(0, 3), ...good], 'finished')).toEqual([{ slot: '9A', serial: 'S0', publicKeySha256: 'k0', subjectKeyId: 'id-k0' }]);
    expect(certificatesToRevoke([...issue('9A', 'k0', 'S0'), ...good], 'finished')).toEqual([{ slot: '9A', serial: 'S0', publicKeySha256: 'k0', subjectKeyId: 'id-k0' }]);
  });

  it('names one that was not wanted on the card, by its number', () => {
    const unwritten = [...issue('9A', 'k0', 'S0').slice(0, 3), done('issue 9A', { slot: '9A', key: 'k0', keyId: 'id-k0', issued: 'unwritten', serial: 'S0' })];
    expect(certificatesToRevoke([...unwritten, ...good], 'finished')).toEqual([{ slot: '9A', serial: 'S0', publicKeySha256: 'k0', subjectKeyId: 'id-k0' }]);
  });

  it('is not led astray by other acts', () => {
    expect(certificatesToRevoke([intent('generate 9A', { slot: '9A', algorithm: 'P-256' }), { kind: 'claimed', payloadDigest: '' }], 'again')).toEqual([]);
  });
});
