import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeDirectory, directoryCrc, encodeDirectory, type MifareDirectory } from '../../../../drivers/codec/mad.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const zeros = (count: number): string => '00'.repeat(count);

/** AN10787 3.7 and libfreefare's tests; the last of each version is the empty directory. */
const CRC_VECTORS: readonly [string, string, number][] = [
  ['the example of the application note', '01 0108 0108 0108 0000 0000 0000 0400 0310 0310 0210 0210 0000 0000 0000 1130', 0x89],
  ['NDEF in five sectors', `01 ${'03E1'.repeat(5)} ${zeros(20)}`, 0xc4],
  ['NDEF in six sectors', `01 ${'03E1'.repeat(6)} ${zeros(18)}`, 0xab],
  ['NDEF in sector 1, as libfreefare writes it', `00 03E1 ${zeros(28)}`, 0xdb],
  ['an empty version 1', zeros(31), 0xce],
  ['an empty version 2', zeros(47), 0x16],
];

describe('the CRC of a directory', () => {
  it.each(CRC_VECTORS)('%s', (_, body, crc) => {
    expect(directoryCrc(bytes(body))).toBe(crc);
  });
});

describe('a directory', () => {
  const id06: MifareDirectory = { version: 1, publisherSector: 5, aids: ['0000', '0000', '0000', '0000', '5189', '518A', ...new Array<string>(9).fill('0000')] };

  it('has its AIDs low byte first, so 5189 is 89 51 on the card', () => {
    const encoded = encodeDirectory(id06);
    expect(encoded.length).toBe(32);
    expect(Buffer.from(encoded.subarray(1)).toString('hex').toUpperCase()).toBe(`05${zeros(8)}89518A51${zeros(18)}`);
    expect(encoded[0]).toBe(directoryCrc(encoded.subarray(1)));
    expect(decodeDirectory(encoded, 1)).toEqual(id06);
  });

  it('of version 2 names sectors 17 to 39', () => {
    const second: MifareDirectory = { version: 2, publisherSector: 39, aids: new Array<string>(23).fill('0000').with(22, '518C') };
    const encoded = encodeDirectory(second);
    expect(encoded.length).toBe(48);
    expect(Buffer.from(encoded.subarray(46)).toString('hex').toUpperCase()).toBe('8C51');
    expect(decodeDirectory(encoded, 2)).toEqual(second);
  });

  it('comes back the same for any content', () => {
    const aid = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16).toUpperCase().padStart(4, '0'));
    const publisher = fc.integer({ min: 0, max: 39 }).filter((sector) => sector !== 16);
    fc.assert(
      fc.property(fc.array(aid, { minLength: 15, maxLength: 15 }), publisher, (aids, publisherSector) => {
        const directory: MifareDirectory = { version: 1, publisherSector, aids };
        expect(decodeDirectory(encodeDirectory(directory), 1)).toEqual(directory);
      }),
    );
  });

  it('is not there when torn anywhere', () => {
    const encoded = encodeDirectory(id06);
    for (let kept = 1; kept < 12; kept += 1) {
      expect(decodeDirectory(Uint8Array.from(encoded, (byte, index) => (index < kept ? byte : 0)), 1), `${kept} bytes kept`).toBeNull();
    }
    for (let bit = 0; bit < 256; bit += 1) {
      expect(decodeDirectory(Uint8Array.from(encoded, (byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)), 1), `bit ${bit}`).toBeNull();
    }
    expect(decodeDirectory(new Uint8Array(32), 1)).toBeNull();
    expect(decodeDirectory(encoded.subarray(1), 1)).toBeNull();
  });

  it.each([{ publisherSector: 16 }, { publisherSector: 40 }, { publisherSector: 1.5 }, { aids: ['5189'] }, { aids: new Array<string>(15).fill('51') }])('is refused with %j', (wrong) => {
    expect(() => encodeDirectory({ ...id06, ...wrong })).toThrow(RangeError);
  });
});
