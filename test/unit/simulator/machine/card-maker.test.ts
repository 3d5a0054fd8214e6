import { describe, expect, it } from 'vitest';
import { cardMaker } from '../../../../simulator/machine/card-maker.ts';
import { chipsDigest, newUid } from '../../../../simulator/machine/living-card.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hexOf = (data: Uint8Array): string => Buffer.from(data).toString('hex').toUpperCase();
const selectPiv = bytes('00A404000BA000000308000010000100');
const uid = '04A1B2C3D4E5F6';
const reader = 'HID Global OMNIKEY 5022 Smart Card Reader 00 00';

describe('chips of a blank', () => {
  it('mifare+piv: storage card on the contactless side, PIV on the contact side, one UID', () => {
    const card = cardMaker(reader)({ uid, lot: 'L', kind: 'mifare+piv' }, null, () => undefined);
    card.faces.contactless.reset();
    card.faces.contact.reset();
    expect(hexOf(card.faces.contactless.transmit(bytes('FFCA000000')))).toBe(`${uid}9000`);
    expect(hexOf(card.faces.contactless.transmit(selectPiv))).not.toMatch(/9000$/);
    expect(hexOf(card.faces.contact.transmit(selectPiv))).toMatch(/9000$/);
    expect(card.snapshots().map((chip) => [chip.kind, chip.uid])).toEqual([['mifare-classic-1k', uid], ['piv', uid]]);
  });

  it('piv: the same chip on both sides', () => {
    const card = cardMaker(reader)({ uid, lot: 'L', kind: 'piv' }, null, () => undefined);
    for (const face of [card.faces.contactless, card.faces.contact]) {
      face.reset();
      expect(hexOf(face.transmit(selectPiv))).toMatch(/9000$/);
    }
    expect(card.snapshots().map(({ kind }) => kind)).toEqual(['piv']);
  });

  it('tells each lasting change, and goes on from what was kept', () => {
    let changes = 0;
    const make = cardMaker(reader);
    const blank = { uid, lot: 'L', kind: 'mifare+piv' } as const;
    const card = make(blank, null, () => { changes += 1; });
    const before = chipsDigest(card.snapshots());
    card.faces.contactless.reset();
    for (const command of ['FF82200006FFFFFFFFFFFF', 'FF860000050100046000', `FFD6000410${'5A'.repeat(16)}`]) {
      expect(hexOf(card.faces.contactless.transmit(bytes(command)))).toBe('9000');
    }
    expect(changes).toBe(1);
    const kept = JSON.parse(JSON.stringify(card.snapshots())) as ReturnType<typeof card.snapshots>;
    const again = make(blank, kept, () => undefined);
    expect(chipsDigest(again.snapshots())).toBe(chipsDigest(card.snapshots()));
    expect(chipsDigest(again.snapshots())).not.toBe(before);
    again.faces.contactless.reset();
    again.faces.contactless.transmit(bytes('FF860000050100046000'));
    expect(hexOf(again.faces.contactless.transmit(bytes('FFB0000410')))).toBe(`${'5A'.repeat(16)}9000`);
  });

  it('makes UIDs that differ', () => {
    const uids = Array.from({ length: 100 }, newUid);
    expect(new Set(uids).size).toBe(100);
    for (const made of uids) expect(made).toMatch(/^04[0-9A-F]{12}$/);
  });
});
