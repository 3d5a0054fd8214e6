import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeValueBlock, encodeValueBlock } from '../../../../drivers/codec/mifare-value.ts';

describe('a value block', () => {
  it('of 1234567 at address 11 is that of the data sheet', () => {
    const encoded = encodeValueBlock({ value: 1234567, address: 0x11 });
    expect(Buffer.from(encoded).toString('hex').toUpperCase()).toBe('87D612007829EDFF87D6120011EE11EE');
  });

  it('comes back the same', () => {
    const block = fc.record({ value: fc.integer({ min: -0x80000000, max: 0x7fffffff }), address: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(block, (value) => {
        expect(decodeValueBlock(encodeValueBlock(value))).toEqual(value);
      }),
    );
  });

  it('is none when a copy disagrees', () => {
    const encoded = encodeValueBlock({ value: 5, address: 1 });
    for (let index = 0; index < 16; index += 1) expect(decodeValueBlock(encoded.map((byte, at) => (at === index ? byte ^ 1 : byte)))).toBeNull();
    expect(decodeValueBlock(encoded.subarray(1))).toBeNull();
    expect(() => encodeValueBlock({ value: 0x80000000, address: 0 })).toThrow(RangeError);
  });
});
