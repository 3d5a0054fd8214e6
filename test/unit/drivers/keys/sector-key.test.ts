import { describe, expect, it } from 'vitest';
import { deriveSectorKey, sectorKeyMessage } from '../../../../drivers/keys/sector-key.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex').toUpperCase();
const input = { uid: bytes('A1B2C3D4'), aid: '518C', sector: 7, slot: 'B' } as const;

describe('the message of a sector key', () => {
  it('is constant, UID, AID, sector, slot, system id', () => {
    expect(hex(sectorKeyMessage(input))).toBe(`01A1B2C3D4518C070B${Buffer.from('KORTVERK-MF1').toString('hex').toUpperCase()}`);
  });

  it.each([4, 7])('is 17 to 32 bytes with a UID of %i bytes, with and without a counter', (length) => {
    for (const repetition of [0, 1, 255]) {
      const message = sectorKeyMessage({ ...input, uid: new Uint8Array(length) }, repetition);
      expect(message.length).toBeGreaterThanOrEqual(17);
      expect(message.length).toBeLessThanOrEqual(32);
    }
  });

  it.each([{ uid: new Uint8Array(10) }, { aid: '51' }, { aid: 'GGGG' }, { sector: 40 }, { sector: 1.5 }])('refuses %j', (wrong) => {
    expect(() => sectorKeyMessage({ ...input, ...wrong })).toThrow(RangeError);
  });
});

describe('a sector key', () => {
  it('is derived again with a counter byte while the result is a well-known key', () => {
    const asked: string[] = [];
    const answers = ['FFFFFFFFFFFF', 'A0A1A2A3A4A5', '0102030405060708'];
    const key = deriveSectorKey((message) => {
      asked.push(hex(message).slice(42));
      return bytes((answers[asked.length - 1] ?? '').padEnd(32, '0'));
    }, input);
    expect(hex(key)).toBe('010203040506');
    expect(asked).toEqual(['', '01', '02']);
  });

  it('is not looked for without end', () => {
    expect(() => deriveSectorKey(() => new Uint8Array(16), input)).toThrow(RangeError);
  });
});
