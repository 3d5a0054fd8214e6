import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accessConditions,
  decodeAccessBits,
  encodeAccessBits,
  keyBIsReadable,
  ONLY_B,
  READ_A_WRITE_B,
  TRANSPORT_ACCESS,
  type DataAccess,
  type KeySet,
  type SectorAccess,
  type TrailerAccess,
} from '../../../../drivers/codec/access-bits.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex').toUpperCase();
const row = (read: KeySet, write: KeySet, increment: KeySet, decrement: KeySet): DataAccess => ({ read, write, increment, decrement });

const FREE = row('AB', 'AB', 'AB', 'AB');
const WRITE_B = row('AB', 'B', 'never', 'never');
const READ_ONLY = row('AB', 'never', 'never', 'never');
const VALUE = row('AB', 'B', 'B', 'AB');
const TRAILER_011 = READ_A_WRITE_B.trailer;
const FROZEN: TrailerAccess = { writeKeyA: 'never', readAccess: 'AB', writeAccess: 'never', readKeyB: 'never', writeKeyB: 'never' };

const VECTORS: readonly [string, string, SectorAccess][] = [
  ['transport', 'FF0780', TRANSPORT_ACCESS],
  ['a directory: data 100, trailer 011', '787788', { data: [WRITE_B, WRITE_B, WRITE_B], trailer: TRAILER_011 }],
  ['NFC: data 000, trailer 011', '7F0788', { data: [FREE, FREE, FREE], trailer: TRAILER_011 }],
  ['only key B: data 011, trailer 011', '0F00FF', ONLY_B],
  ['a value block: 110, 100, 100, trailer 011', '687789', { data: [VALUE, WRITE_B, WRITE_B], trailer: TRAILER_011 }],
  ['frozen: data 010, trailer 110', '078F0F', { data: [READ_ONLY, READ_ONLY, READ_ONLY], trailer: FROZEN }],
];

describe('access bits of known meaning', () => {
  it.each(VECTORS)('%s is %s', (_, encoded, access) => {
    expect(hex(encodeAccessBits(access))).toBe(encoded);
    expect(decodeAccessBits(bytes(encoded))).toEqual(access);
  });

  it('tells where key B is data and not a key', () => {
    expect(keyBIsReadable(TRANSPORT_ACCESS)).toBe(true);
    expect(keyBIsReadable(READ_A_WRITE_B)).toBe(false);
  });
});

describe('access bits in general', () => {
  const condition = fc.integer({ min: 0, max: 7 });

  /** MF1S50yyX 8.7.1, figure 10, written out bit by bit. */
  const layOut = (conditions: readonly number[]): Uint8Array => {
    const bit = (group: number, number: 1 | 2 | 3): number => ((conditions[group] ?? 0) >> (3 - number)) & 1;
    const nibble = (number: 1 | 2 | 3): number => (bit(3, number) << 3) | (bit(2, number) << 2) | (bit(1, number) << 1) | bit(0, number);
    return Uint8Array.of(((nibble(2) ^ 15) << 4) | (nibble(1) ^ 15), (nibble(1) << 4) | (nibble(3) ^ 15), (nibble(3) << 4) | nibble(2));
  };

  it('lie where the data sheet draws them', () => {
    fc.assert(
      fc.property(condition, condition, condition, condition, (...conditions) => {
        expect(accessConditions(layOut(conditions))).toEqual(conditions);
      }),
    );
  });

  it('come back the same, the two frozen trailers as one', () => {
    fc.assert(
      fc.property(condition, condition, condition, condition, (...conditions) => {
        const access = decodeAccessBits(layOut(conditions)) as SectorAccess;
        const [a, b, c, trailer] = conditions;
        expect(accessConditions(encodeAccessBits(access))).toEqual([a, b, c, trailer === 7 ? 6 : trailer]);
      }),
    );
  });

  it('mean nothing when one of the 24 bits is flipped', () => {
    fc.assert(
      fc.property(condition, condition, condition, condition, fc.integer({ min: 0, max: 23 }), (a, b, c, d, bit) => {
        const flipped = layOut([a, b, c, d]).map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        expect(decodeAccessBits(flipped)).toBeNull();
      }),
    );
  });

  it('mean nothing in another length', () => {
    expect(decodeAccessBits(bytes('FF07'))).toBeNull();
    expect(decodeAccessBits(bytes('FF078069'))).toBeNull();
  });

  it('do not exist for a meaning that the chip does not have', () => {
    const impossible: SectorAccess = { ...READ_A_WRITE_B, data: [row('A', 'A', 'A', 'A'), WRITE_B, WRITE_B] };
    expect(() => encodeAccessBits(impossible)).toThrow('ENC-PROFILE-INVALID');
  });
});
