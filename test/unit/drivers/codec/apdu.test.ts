import { describe, expect, it } from 'vitest';
import { StationFault } from '../../../../drivers/contracts/fault.ts';
import { command, encodeCommand, encodeResponse, parseCommand, parseResponse, type CommandApdu } from '../../../../drivers/codec/apdu.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const pivAid = hex('A000000308000010000100');
const seq = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index & 0xff);

/** The seven encodings of ISO/IEC 7816-4, 5.1 (figure 5), with commands from SP 800-73 and PC/SC part 3. */
const cases: readonly (readonly [string, CommandApdu, string, boolean])[] = [
  ['case 1: header only', command(0x00, 0x20, 0x00, 0x80), '00200080', false],
  ['case 2S: Le 00 is 256', command(0xff, 0xca, 0x00, 0x00, hex(''), 256), 'FFCA000000', false],
  ['case 2S: Le 16', command(0xff, 0xb0, 0x00, 0x04, hex(''), 16), 'FFB0000410', false],
  ['case 3S: VERIFY', command(0x00, 0x20, 0x00, 0x80, hex('313233343536FFFF')), '0020008008313233343536FFFF', false],
  ['case 4S: SELECT PIV', command(0x00, 0xa4, 0x04, 0x00, pivAid, 256), '00A404000BA00000030800001000010000', false],
  ['case 4S: GET DATA', command(0x00, 0xcb, 0x3f, 0xff, hex('5C035FC102'), 256), '00CB3FFF055C035FC10200', false],
  ['case 2E: Le 0000 is 65536', command(0x00, 0xc0, 0x00, 0x00, hex(''), 65536), '00C00000000000', true],
  ['case 2E: Le 300', command(0x00, 0xc0, 0x00, 0x00, hex(''), 300), '00C0000000012C', true],
  ['case 3E: 256 bytes', command(0x00, 0xdb, 0x3f, 0xff, seq(256)), `00DB3FFF000100${Buffer.from(seq(256)).toString('hex')}`, true],
  ['case 4E: 256 bytes, Le 65536', command(0x00, 0x87, 0x07, 0x9a, seq(256), 65536), `0087079A000100${Buffer.from(seq(256)).toString('hex')}0000`, true],
];

describe('command APDU', () => {
  for (const [name, apdu, bytes, extended] of cases) {
    it(`writes and reads ${name}`, () => {
      expect(Buffer.from(encodeCommand(apdu)).toString('hex').toUpperCase()).toBe(bytes.toUpperCase());
      const parsed = parseCommand(hex(bytes));
      expect(parsed).toEqual({ ...apdu, data: expect.anything(), extended });
      expect([...(parsed?.data ?? [])]).toEqual([...apdu.data]);
    });
  }

  it('keeps the longest short forms short', () => {
    expect(encodeCommand(command(0, 0xdb, 0x3f, 0xff, seq(255), 256))).toHaveLength(4 + 1 + 255 + 1);
    expect(encodeCommand(command(0, 0xdb, 0x3f, 0xff, seq(65535), 65536))).toHaveLength(4 + 3 + 65535 + 2);
  });

  it.each(['', '00', '0020', '002000', '00A4040005A0', '00A4040002A000000000', '00A404000000', '00DB3FFF000002AABBCC', '00DB3FFF00000000', '00DB3FFF000001AA000000'])(
    'refuses %s, whose length fields contradict its length',
    (bytes) => {
      expect(parseCommand(hex(bytes))).toBeNull();
    },
  );

  it('refuses to write what no form can hold', () => {
    for (const bad of [command(0x100, 0, 0, 0), command(0, -1, 0, 0), command(0, 0, 0, 0, seq(65536)), command(0, 0, 0, 0, seq(1), 0), command(0, 0, 0, 0, seq(1), 65537)]) {
      expect(() => encodeCommand(bad)).toThrow(StationFault);
    }
  });
});

describe('response APDU', () => {
  it('splits data and status word', () => {
    expect(parseResponse(hex('9000'))).toEqual({ data: hex(''), sw: 0x9000 });
    expect(parseResponse(hex('04A1B2C39000'))).toEqual({ data: hex('04A1B2C3'), sw: 0x9000 });
    expect(parseResponse(hex('6A82')).sw).toBe(0x6a82);
  });

  it('joins data and status word', () => {
    expect(Buffer.from(encodeResponse(hex('04A1B2C3'), 0x61ff)).toString('hex')).toBe('04a1b2c361ff');
  });

  it.each([[''], ['90']])('refuses %s: no status word', (bytes) => {
    expect(() => parseResponse(hex(bytes))).toThrow(expect.objectContaining({ code: 'LNK-PROTOCOL' }));
  });
});
