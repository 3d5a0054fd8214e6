import { describe, expect, it } from 'vitest';
import { diversificationMessages, diversifyKey, type DiversificationKind } from '../../../../drivers/codec/an10922.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex').toUpperCase();
const withoutParity = (value: Uint8Array): string => hex(value.map((byte) => byte & 0xfe));

const INPUT = '04782E21801D80 3042F5 4E585020416275';

describe('diversification by AN10922, published examples', () => {
  const aes: [DiversificationKind, string, string, string][] = [
    ['aes-128', '00112233445566778899AABBCCDDEEFF', INPUT, 'A8DD63A3B89D54B37CA802473FDA9175'],
    ['aes-192', '00112233445566778899AABBCCDDEEFF0102030405060708', INPUT, 'CE39C8E1CD82D9A7BEDBE9D74AF59B23176755EE7586E12C'],
    ['aes-256', '00112233445566778899AABBCCDDEEFF0102030405060708090A0B0C0D0E0F00', INPUT, '4FC6EEC820B4C54314990B8611662DB695E7880982C0001E6067488346100AED'],
  ];
  it.each(aes)('%s', (kind, key, input, expected) => {
    expect(hex(diversifyKey(kind, bytes(key), bytes(input)))).toBe(expected);
  });

  it('pads a short input to two blocks, where plain CMAC would give 721E2C01…', () => {
    expect(hex(diversifyKey('aes-128', bytes('F3F9377698707B688EAF84ABE39E3791'), bytes('04DEADBEEFFEED')))).toBe('0BB408BAFF98B6EE9F2E1585777F6A51');
  });

  const tdea: [DiversificationKind, string, string, string][] = [
    ['2tdea', '00112233445566778899AABBCCDDEEFF', '04782E21801D803042F54E58502041', '16F9587D9E8910C96B9649D007107DD6'],
    ['3tdea', '00112233445566778899AABBCCDDEEFF0102030405060708', '04782E21801D803042F54E5850', '2E0DD03774D3FA9B5705AB0BDA91CA0B55B8E07FCDBF10EC'],
  ];
  it.each(tdea)('%s, but for the parity bits that carry a key version in the example', (kind, key, input, expected) => {
    expect(withoutParity(diversifyKey(kind, bytes(key), bytes(input)))).toBe(withoutParity(bytes(expected)));
  });
});

describe('inputs that are refused', () => {
  it.each([0, 32])('%i bytes in memory', (length) => {
    expect(() => diversifyKey('aes-128', new Uint8Array(16), new Uint8Array(length))).toThrow(RangeError);
  });

  it.each([15, 32])('%i bytes for a key in a token, where CMAC is another function', (length) => {
    expect(() => diversificationMessages('aes-256', new Uint8Array(length))).toThrow(RangeError);
  });

  it('a key of another length', () => {
    expect(() => diversifyKey('aes-256', new Uint8Array(16), new Uint8Array(16))).toThrow(RangeError);
  });
});
