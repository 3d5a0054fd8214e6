import { describe, expect, it } from 'vitest';
import { sectorBlocks } from '../../../../queue/profile/sector-blocks.ts';
import type { SectorField, SectorTemplate, SectorValues } from '../../../../queue/profile/sector-profile.ts';
import { exampleSectorProfile } from '../../../support/orders/example-profiles.ts';

const values: SectorValues = { cardNumber: 'BB-2611-000123', organisationNumber: '556016-0680', orderId: 'ORDER-1', validFrom: '2026-11-22', validTo: '2031-11-22' };

function template(...data: readonly SectorField[]): SectorTemplate {
  const [sector] = exampleSectorProfile().sectors;
  if (sector === undefined) throw new Error('the example has a sector');
  return { ...sector, data: [...data] };
}

const hexOf = (...data: readonly SectorField[]): string => sectorBlocks(template(...data), values).map((block) => Buffer.from(block).toString('hex')).join(' ');
const zeros = '00'.repeat(16);

describe('the blocks of a sector', () => {
  it.each<[string, SectorField, string]>([
    ['ascii, filled up with zeros', { offset: 0, length: 16, encoding: 'ascii', value: 'cardNumber', pad: 0 }, `42422d323631312d303030313233 0000 ${zeros} ${zeros}`],
    ['ascii, filled up with blanks', { offset: 16, length: 16, encoding: 'ascii', value: 'orderId', pad: 0x20 }, `${zeros} 4f524445522d31 202020202020202020 ${zeros}`],
    ['bcd of ten digits', { offset: 0, length: 5, encoding: 'bcd', value: 'organisationNumber' }, `5560160680 ${'00'.repeat(11)} ${zeros} ${zeros}`],
    ['bcd with zeros in front', { offset: 0, length: 6, encoding: 'bcd', value: 'validTo' }, `000020311122 ${'00'.repeat(10)} ${zeros} ${zeros}`],
    ['a big-endian number', { offset: 44, length: 4, encoding: 'uint', value: 'validFrom', byteOrder: 'big' }, `${zeros} ${zeros} ${'00'.repeat(12)} 01352902`],
    ['a little-endian number', { offset: 0, length: 4, encoding: 'uint', value: 'validFrom', byteOrder: 'little' }, `02293501 ${'00'.repeat(12)} ${zeros} ${zeros}`],
    ['the digits of a card number', { offset: 0, length: 5, encoding: 'uint', value: 'cardNumber', byteOrder: 'big' }, `009ba0b33b ${'00'.repeat(11)} ${zeros} ${zeros}`],
    ['a constant over a border of blocks', { offset: 15, length: 2, encoding: 'hex', hex: 'CAFE' }, `${'00'.repeat(15)}ca fe${'00'.repeat(15)} ${zeros}`],
  ])('%s', (_name, field, expected) => {
    expect(hexOf(field).replaceAll(' ', '')).toBe(expected.replaceAll(' ', ''));
  });

  it.each<[string, SectorField, string]>([
    ['CRC-16/IBM-3740, big-endian', { offset: 9, length: 2, encoding: 'crc', algorithm: 'CRC-16/IBM-3740', from: 0, bytes: 9, byteOrder: 'big' }, '29b1'],
    ['CRC-16/ARC, little-endian', { offset: 9, length: 2, encoding: 'crc', algorithm: 'CRC-16/ARC', from: 0, bytes: 9, byteOrder: 'little' }, '3dbb'],
    ['CRC-8/MIFARE-MAD', { offset: 9, length: 1, encoding: 'crc', algorithm: 'CRC-8/MIFARE-MAD', from: 0, bytes: 9, byteOrder: 'big' }, '99'],
    ['CRC-32/ISO-HDLC', { offset: 9, length: 4, encoding: 'crc', algorithm: 'CRC-32/ISO-HDLC', from: 0, bytes: 9, byteOrder: 'big' }, 'cbf43926'],
  ])('carry a check over "123456789" (check values of the CRC catalogue): %s', (_name, field, expected) => {
    const digits: SectorField = { offset: 0, length: 9, encoding: 'hex', hex: Buffer.from('123456789').toString('hex') };
    for (const order of [[digits, field], [field, digits]]) expect(hexOf(...order).slice(18, 18 + expected.length)).toBe(expected);
  });

  it('carry a value block (vector of MF1S50yyX: 1234567 at address 17)', () => {
    expect(hexOf({ offset: 16, length: 16, encoding: 'value', amount: 1234567, address: 17 }).split(' ')[1]).toBe('87d612007829edff87d6120011ee11ee');
  });

  it('are fifteen in a large sector', () => {
    const large = { ...template({ offset: 239, length: 1, encoding: 'hex', hex: 'AB' }), sector: 39 };
    const blocks = sectorBlocks(large, values);
    expect(blocks).toHaveLength(15);
    expect(blocks[14]?.[15]).toBe(0xab);
  });

  it.each<[string, SectorField, RegExp]>([
    ['another length', { offset: 20, length: 2, encoding: 'crc', algorithm: 'CRC-32/ISO-HDLC', from: 0, bytes: 9, byteOrder: 'big' }, /takes 4 bytes/],
    ['itself in it', { offset: 8, length: 2, encoding: 'crc', algorithm: 'CRC-16/ARC', from: 0, bytes: 9, byteOrder: 'big' }, /covers itself/],
    ['bytes that are not there', { offset: 0, length: 1, encoding: 'crc', algorithm: 'CRC-8/SMBUS', from: 40, bytes: 9, byteOrder: 'big' }, /leaves the sector/],
  ])('refuse a check with %s', (_name, field, reason) => {
    expect(() => sectorBlocks(template(field), values)).toThrow(reason);
  });

  it('are three of sixteen bytes, zero where no field is', () => {
    expect(sectorBlocks(template(), values)).toEqual([new Uint8Array(16), new Uint8Array(16), new Uint8Array(16)]);
  });

  it('hold several fields', () => {
    const fields: readonly SectorField[] = [
      { offset: 0, length: 2, encoding: 'hex', hex: '0102' },
      { offset: 2, length: 5, encoding: 'bcd', value: 'organisationNumber' },
      { offset: 47, length: 1, encoding: 'hex', hex: 'FF' },
    ];
    expect(hexOf(...fields).replaceAll(' ', '')).toBe(`01025560160680${'00'.repeat(40)}ff`);
  });
});

describe('what does not fit', () => {
  it.each<[string, SectorField]>([
    ['a text that is too long', { offset: 0, length: 13, encoding: 'ascii', value: 'cardNumber', pad: 0 }],
    ['digits that are too many', { offset: 0, length: 4, encoding: 'bcd', value: 'organisationNumber' }],
    ['a number that is too large', { offset: 0, length: 4, encoding: 'uint', value: 'organisationNumber', byteOrder: 'big' }],
    ['a constant of another length', { offset: 0, length: 3, encoding: 'hex', hex: 'CAFE' }],
    ['a field that leaves the sector', { offset: 47, length: 2, encoding: 'hex', hex: 'CAFE' }],
  ])('%s', (_name, field) => {
    expect(() => sectorBlocks(template(field), values)).toThrow('ENC-PROFILE-INVALID');
  });

  it('letters outside ASCII, and a value without digits', () => {
    const odd = { ...values, orderId: 'ÅÄÖ', cardNumber: 'none' };
    expect(() => sectorBlocks(template({ offset: 0, length: 16, encoding: 'ascii', value: 'orderId', pad: 0 }), odd)).toThrow('ENC-PROFILE-INVALID');
    expect(() => sectorBlocks(template({ offset: 0, length: 16, encoding: 'bcd', value: 'cardNumber' }), odd)).toThrow('ENC-PROFILE-INVALID');
  });
});
