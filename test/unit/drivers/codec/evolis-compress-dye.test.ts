import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compressDye, expandDye } from '../../../../drivers/codec/evolis-compress-dye.ts';

const line = (dots: number): { lines: number; dotsPerLine: number } => ({ lines: 1, dotsPerLine: dots });
const filled = (count: number, value: number): Uint8Array => new Uint8Array(count).fill(value);

describe('runs of dye, as the programming guide describes them', () => {
  test.each([
    ['a single dot is its value', 128, Uint8Array.of(1, 2), '0102'],
    ['a run is value and count', 128, filled(8, 5), '8508'],
    ['128 levels count to 255', 128, filled(300, 127), 'ffffff2d'],
    ['64 levels extend the count by bit 6', 64, filled(300, 0x3f), 'ff2c'],
    ['32 levels extend it by bits 6 and 5', 32, filled(648, 0x1f), 'ff88'],
    ['32 levels use one bit for 256', 32, filled(300, 0x1f), 'df2c'],
    ['a blank rest is count 0', 128, Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0), '098000'],
    ['a blank line is count 0 at once', 64, filled(648, 0), '8000'],
  ] as const)('%s', (_name, levels, values, hex) => {
    const size = line(values.length);
    expect(Buffer.from(compressDye(values, size, levels)).toString('hex')).toBe(hex);
    expect(expandDye(Buffer.from(hex, 'hex'), size, levels)).toEqual(values);
  });

  test.each([
    ['ends too early', 128, '05', 2],
    ['runs past the line', 128, '8503', 2],
    ['has bytes left over', 128, '050505', 2],
    ['has a run without a count', 128, '85', 2],
    ['has a value above the levels', 32, '3f01', 2],
  ] as const)('data that %s is refused', (_name, levels, hex, dots) => {
    expect(expandDye(Buffer.from(hex, 'hex'), line(dots), levels)).toBeNull();
  });

  test('are undone by expanding, and never longer than two bytes a line over plain', () => {
    const runs = fc.array(fc.tuple(fc.nat(31), fc.integer({ min: 1, max: 700 })), { minLength: 1, maxLength: 6 });
    fc.assert(fc.property(fc.constantFrom<32 | 64 | 128>(32, 64, 128), runs, (levels, parts) => {
      const values = Uint8Array.from(parts.flatMap(([value, count]) => Array.from({ length: count }, () => value)));
      const size = line(values.length);
      const compressed = compressDye(values, size, levels);
      expect(compressed.length).toBeLessThanOrEqual(values.length + 2);
      expect(expandDye(compressed, size, levels)).toEqual(values);
    }));
  });
});
