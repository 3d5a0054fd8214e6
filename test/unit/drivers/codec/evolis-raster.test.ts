import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packedLength, evolis300Dpi, type EvolisLevels } from '../../../../drivers/codec/evolis-geometry.ts';
import { dyeValues, levelValues, packDots, toLines, toUpright, unpackDots } from '../../../../drivers/codec/evolis-raster.ts';

const small = { lines: 3, dotsPerLine: 2 };

describe('the quarter turn', () => {
  test('makes a line of each column, from the bottom edge up', () => {
    // Upright: 3 wide, 2 high: a b c over d e f.
    expect([...toLines(Uint8Array.of(1, 2, 3, 4, 5, 6), small)]).toEqual([4, 1, 5, 2, 6, 3]);
    expect([...toUpright(Uint8Array.of(4, 1, 5, 2, 6, 3), small)]).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe('packing', () => {
  test.each<[EvolisLevels, number]>([[2, 82_296], [32, 411_480], [64, 493_776], [128, 576_072]])('a field at %i levels takes %i bytes', (levels, bytes) => {
    expect(packedLength(evolis300Dpi, levels)).toBe(bytes);
    expect(packDots(new Uint8Array(1016 * 648), levels)).toHaveLength(bytes);
  });

  test('puts the first dot in the highest bits, without gaps', () => {
    expect([...packDots(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 1), 2)]).toEqual([0x81]);
    expect([...packDots(Uint8Array.of(31, 0, 31, 0, 31, 0, 31, 0), 32)]).toEqual([0xf8, 0x3e, 0x0f, 0x83, 0xe0]);
    expect([...packDots(Uint8Array.of(63, 0, 63, 0), 64)]).toEqual([0xfc, 0x0f, 0xc0]);
    expect([...packDots(Uint8Array.of(127, 0, 127, 0, 127, 0, 127, 0), 128)]).toEqual([0xfe, 0x03, 0xf8, 0x0f, 0xe0, 0x3f, 0x80]);
  });

  test('is undone by unpacking, for every level count', () => {
    const size = { lines: 4, dotsPerLine: 16 };
    fc.assert(fc.property(fc.constantFrom<EvolisLevels>(2, 32, 64, 128), fc.array(fc.nat(127), { minLength: 64, maxLength: 64 }), (levels, values) => {
      const clipped = Uint8Array.from(values, (value) => value % levels);
      expect(unpackDots(packDots(clipped, levels), size, levels)).toEqual(clipped);
    }));
  });

  test('refuses another length', () => {
    expect(unpackDots(new Uint8Array(82_295), evolis300Dpi, 2)).toBeNull();
  });
});

describe('levels', () => {
  test('round to the nearest and keep both ends', () => {
    expect([0, 4, 5, 255].map((dye) => levelValues(32)[dye])).toEqual([0, 0, 1, 31]);
    expect([0, 1, 127].map((level) => dyeValues(128)[level])).toEqual([0, 2, 255]);
  });

  test('lose at most half a step', () => {
    for (const levels of [32, 64, 128] as const) {
      const [there, back] = [levelValues(levels), dyeValues(levels)];
      const lost = Array.from({ length: 256 }, (_, dye) => Math.abs(dye - (back[there[dye] ?? 0] ?? 0)));
      expect(Math.max(...lost)).toBeLessThanOrEqual(Math.ceil(255 / (levels - 1) / 2));
    }
  });

  test('are given while a panel is turned, over more than one strip of lines', () => {
    const size = { lines: 130, dotsPerLine: 72 };
    const upright = Uint8Array.from({ length: 130 * 72 }, (_, dot) => (dot * 37) % 256);
    const lines = toLines(upright, size, levelValues(32));
    expect(lines[129 * 72 + 71]).toBe(Math.round(((129 * 37) % 256) * 31 / 255));
    expect(toUpright(lines, size)).toEqual(upright.map((dye) => levelValues(32)[dye] ?? 0));
  });
});
