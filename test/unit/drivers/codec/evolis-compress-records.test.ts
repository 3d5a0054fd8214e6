import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compressRecords, expandRecords } from '../../../../drivers/codec/evolis-compress-records.ts';

const size = { lines: 4, dotsPerLine: 24 };

describe('records of K and overlay', () => {
  test('are 00 for a blank line, FF for a full one, else up to the last byte that is not zero', () => {
    const packed = Uint8Array.of(0, 0, 0, 0xff, 0xff, 0xff, 0, 0x12, 0, 0xff, 0xff, 0xfe);
    expect(Buffer.from(compressRecords(packed, size)).toString('hex')).toBe('00ff02001203fffffe');
    expect(expandRecords(Buffer.from('00ff02001203fffffe', 'hex'), size)).toEqual(packed);
  });

  test.each(['', '00ff0200', '00ff0200120004', '00ff04001203ff00', '00000000ff'])('%s is not exactly the field', (hex) => {
    expect(expandRecords(Buffer.from(hex, 'hex'), size)).toBeNull();
  });

  test('are undone by expanding', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 12, maxLength: 12 }), (packed) => {
      expect(expandRecords(compressRecords(packed, size), size)).toEqual(packed);
    }));
  });
});
