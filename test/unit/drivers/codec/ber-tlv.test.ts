import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeNested, encodeTlv, parseSingle, parseTlvs } from '../../../../drivers/codec/ber-tlv.ts';
import { bytes, hex } from '../../../support/piv/transcript.ts';

describe('encodeTlv', () => {
  it.each([
    [0x53, 0, '5300'],
    [0x53, 0x7f, `537F${'00'.repeat(0x7f)}`],
    [0x53, 0x80, `538180${'00'.repeat(0x80)}`],
    [0x53, 0xff, `5381FF${'00'.repeat(0xff)}`],
    [0x53, 0x100, `53820100${'00'.repeat(0x100)}`],
    [0x7f49, 2, '7F49020000'],
    [0x5fc102, 1, '5FC1020100'],
  ])('tag %i with %i bytes has the shortest length', (tag, length, expected) => {
    expect(hex(encodeTlv(tag, new Uint8Array(length)))).toBe(expected);
  });

  it('nests', () => {
    expect(hex(encodeNested(0xac, encodeTlv(0x80, bytes('11'))))).toBe('AC03800111');
  });

  it.each([0, -1, 0x1000000, 1.5])('refuses the tag %s', (tag) => {
    expect(() => encodeTlv(tag, new Uint8Array())).toThrow(RangeError);
  });
});

describe('parseTlvs', () => {
  it('reads a discovery object (SP 800-73-5 part 1, 3.3.2)', () => {
    const contents = parseSingle(bytes('7E124F0BA0000003080000100001005F2F024000'), 0x7e);
    expect(parseTlvs(contents ?? new Uint8Array())).toEqual([{ tag: 0x4f, value: bytes('A000000308000010000100') }, { tag: 0x5f2f, value: bytes('4000') }]);
  });

  it('takes a length written longer than need be, which cards send', () => {
    expect(parseTlvs(bytes('0481028611'))).toEqual([{ tag: 0x04, value: bytes('8611') }]);
  });

  it.each([
    ['an indefinite length', '5380000000'],
    ['a value cut off', '530501020304'],
    ['a length cut off', '5382'],
    ['a tag cut off', '5F'],
    ['a tag of four bytes', '5FC1818200'],
    ['a length of four bytes', '538400000001AA'],
    ['a filler byte', '00'],
    ['bytes left over', '530100FF'],
  ])('refuses %s', (_name, text) => {
    expect(parseTlvs(bytes(text))).toBeNull();
  });

  it('refuses more objects than any card sends', () => {
    expect(parseTlvs(bytes('5300'.repeat(257)))).toBeNull();
    expect(parseTlvs(bytes('5300'.repeat(256)))).toHaveLength(256);
  });

  it('gives back what was written', () => {
    const tag = fc.constantFrom(0x53, 0x5c, 0x70, 0x7f49, 0x5f2f, 0x5fc102);
    fc.assert(fc.property(fc.array(fc.tuple(tag, fc.uint8Array({ maxLength: 700 })), { maxLength: 12 }), (objects) => {
      const run = Buffer.concat(objects.map(([each, value]) => encodeTlv(each, value)));
      expect(parseTlvs(run)?.map((object) => [object.tag, hex(object.value)])).toEqual(objects.map(([each, value]) => [each, hex(value)]));
    }));
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (anything) => {
      const objects = parseTlvs(anything);
      expect(objects === null || objects.every(({ value }) => value.length <= anything.length)).toBe(true);
    }));
  });
});
