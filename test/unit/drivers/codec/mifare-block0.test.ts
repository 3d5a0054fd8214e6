import { describe, expect, it } from 'vitest';
import { block0Problems, isRandomUid } from '../../../../drivers/codec/mifare-block0.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

describe('block 0 of a blank', () => {
  const good: readonly [string, string, string, 'mini' | '1k' | '4k'][] = [
    ['a 1K with a UID of 4 bytes', '9A1B2C3D 90 08 0400 0046592558491023', '9A1B2C3D', '1k'],
    ['a 1K with a UID of 7 bytes', '04A1B2C3D4E5F6 08 4400 C82000000000', '04A1B2C3D4E5F6', '1k'],
    ['a 1K that stores SAK 88', '04A1B2C3D4E5F6 88 4400 C82000000000', '04A1B2C3D4E5F6', '1k'],
    ['a 4K', '9A1B2C3D 90 18 0200 0046592558491023', '9A1B2C3D', '4k'],
    ['a Mini', '9A1B2C3D 90 09 0400 0046592558491023', '9A1B2C3D', 'mini'],
  ];
  it.each(good)('is sane on %s', (_, block0, uid, chip) => {
    expect(block0Problems(bytes(block0), bytes(uid), chip)).toEqual([]);
  });

  const bad: readonly [string, string, string, readonly string[]][] = [
    ['a wrong check byte', '9A1B2C3D 91 08 0400 0046592558491023', '9A1B2C3D', ['check-byte']],
    ['another UID than the reader gave', '9A1B2C3D 90 08 0400 0046592558491023', '9A1B2C3E', ['uid', 'check-byte']],
    ['a 4K where a 1K was expected', '9A1B2C3D 90 18 0200 0046592558491023', '9A1B2C3D', ['chip-type']],
    ['the Fudan clone that spells bcdefghi', '9A1B2C3D 90 08 0400 6263646566676869', '9A1B2C3D', ['fudan']],
    ['an FM11RF08S', '9A1B2C3D 90 08 0400 0311223344556690', '9A1B2C3D', ['fudan']],
    ['an FM11RF08 ending in 1D', '9A1B2C3D 90 08 0400 011122334455661D', '9A1B2C3D', ['fudan']],
    ['a UID that changes every time', '081B2C3D 02 08 0400 0046592558491023', '081B2C3D', ['random-uid']],
    ['a UID of 10 bytes', '9A1B2C3D 90 08 0400 0046592558491023', '9A1B2C3D900804000046', ['length']],
  ];
  it.each(bad)('shows %s', (_, block0, uid, problems) => {
    expect(block0Problems(bytes(block0), bytes(uid), '1k')).toEqual(problems);
  });

  it('shows the 4K clone that signs its name', () => {
    const signed = [...bytes('9A1B2C3D 90 18 0200'), ...new TextEncoder().encode('FDS70V01')];
    expect(block0Problems(Uint8Array.from(signed), bytes('9A1B2C3D'), '4k')).toEqual(['fudan']);
  });

  it('is needed whole', () => {
    expect(block0Problems(bytes('9A1B2C3D'), bytes('9A1B2C3D'), '1k')).toEqual(['length']);
  });
});

describe('random UIDs', () => {
  it('are four bytes that start with 08', () => {
    expect([isRandomUid(bytes('08A1B2C3')), isRandomUid(bytes('04A1B2C3')), isRandomUid(bytes('08A1B2C3D4E5F6'))]).toEqual([true, false, false]);
  });
});
