import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CARD_TAG_BYTES, decodeCardTag, encodeCardTag } from '../../../../drivers/codec/card-tag.ts';

const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex').toUpperCase();

describe('the tag on a chip', () => {
  it('is 32 bytes: magic, version, order id, attempt, CRC-32', () => {
    const tag = encodeCardTag({ orderId: '12345', attempt: 2 });
    expect(tag.length).toBe(CARD_TAG_BYTES);
    expect(hex(tag.subarray(0, 28))).toBe(`4B013132333435${'00'.repeat(19)}0002`);
    expect(hex(tag.subarray(28))).toBe('68B08BD0');
  });

  it('comes back the same', () => {
    const id = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)), minLength: 1, maxLength: 24 });
    fc.assert(
      fc.property(id, fc.integer({ min: 1, max: 0xffff }), (orderId, attempt) => {
        expect(decodeCardTag(encodeCardTag({ orderId, attempt }))).toEqual({ orderId, attempt });
      }),
    );
  });

  it('is nothing when empty, torn at any byte over any ground, or of another length', () => {
    const tag = encodeCardTag({ orderId: 'KV-2026-000017', attempt: 1 });
    const older = encodeCardTag({ orderId: 'AX-2025-999999', attempt: 3 });
    for (const ground of [new Uint8Array(32), new Uint8Array(32).fill(0xff), older]) {
      expect(decodeCardTag(ground)?.orderId).not.toBe('KV-2026-000017');
      for (let kept = 3; kept < 32; kept += 1) expect(decodeCardTag(Uint8Array.from([...tag.subarray(0, kept), ...ground.subarray(kept)])), `${kept} bytes`).toBeNull();
    }
    expect(decodeCardTag(tag.subarray(0, 31))).toBeNull();
    expect(decodeCardTag(new Uint8Array(0))).toBeNull();
  });

  it.each([
    ['', 1, 'ORD-CHARACTERS'],
    ['två', 1, 'ORD-CHARACTERS'],
    ['a b', 1, 'ORD-CHARACTERS'],
    ['x'.repeat(25), 1, 'ORD-TEXT-TOO-LONG'],
    ['x', 0, 'ORD-SCHEMA'],
    ['x', 65536, 'ORD-SCHEMA'],
    ['x', 1.5, 'ORD-SCHEMA'],
  ])('refuses order %j attempt %d', (orderId, attempt, code) => {
    expect(() => encodeCardTag({ orderId, attempt })).toThrow(code);
  });
});
