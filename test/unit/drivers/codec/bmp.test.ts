import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readBmp, writeBmp } from '../../../../drivers/codec/bmp.ts';
import { packageRoot } from '../../../../drivers/contracts/package-root.ts';

const picture = { widthDots: 3, heightDots: 2, rgb: Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9]) };

describe('a BMP', () => {
  test('has the bytes of the format: headers, rows from the bottom, blue before red, rows of whole words', () => {
    const bytes = Buffer.from(writeBmp(picture));
    expect(bytes.toString('hex', 0, 54)).toBe('424d4e000000000000003600000028000000030000000200000001001800000000001800000023' + '2e0000232e00000000000000000000');
    expect(bytes.toString('hex', 54)).toBe('030201060504090807' + '000000' + '0000ff00ff00ff0000' + '000000');
    expect(readBmp(bytes)).toEqual(picture);
  });

  test.each(['truecolour', 'bilevel', 'palette', 'alpha'])('of another program is read: %s', (kind) => {
    const read = readBmp(readFileSync(join(packageRoot(), 'test', 'vectors', 'bmp', `${kind}.bmp`)));
    expect(read).toMatchObject({ widthDots: 5, heightDots: 3 });
    const white = new Set([4, 10].flatMap((dot) => [dot * 3, dot * 3 + 1, dot * 3 + 2]));
    expect([...(read?.rgb ?? [])]).toEqual(Array.from({ length: 45 }, (_, index) => (white.has(index) ? 255 : 0)));
  });

  test('that is none is refused, and no noise breaks the reader', () => {
    const whole = writeBmp(picture);
    fc.assert(fc.property(fc.nat(whole.length), fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }), (length, at, byte) => {
      const damaged = Uint8Array.from(whole.subarray(0, length));
      if (at < damaged.length) damaged[at] = byte;
      const read = readBmp(damaged);
      if (read !== null) expect(read.rgb).toHaveLength(read.widthDots * read.heightDots * 3);
    }), { numRuns: 2000 });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => { expect(readBmp(noise)).toBeNull(); }), { numRuns: 500 });
  });
});
