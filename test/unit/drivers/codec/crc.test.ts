import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc, crcBytes, crcNames, type CrcName } from '../../../../drivers/codec/crc.ts';
import { directoryCrc } from '../../../../drivers/codec/mad.ts';

/** "check" of the CRC catalogue (reveng.sourceforge.io/crc-catalogue): the CRC of the ASCII digits 1 to 9. */
const checks: Readonly<Record<CrcName, number>> = {
  'CRC-8/SMBUS': 0xf4,
  'CRC-8/MIFARE-MAD': 0x99,
  'CRC-16/IBM-3740': 0x29b1,
  'CRC-16/XMODEM': 0x31c3,
  'CRC-16/ARC': 0xbb3d,
  'CRC-16/ISO-IEC-14443-3-A': 0xbf05,
  'CRC-32/ISO-HDLC': 0xcbf43926,
};

describe('a CRC', () => {
  it.each(crcNames)('%s gives the check value of the catalogue', (name) => {
    expect(crc(name, new TextEncoder().encode('123456789')).toString(16)).toBe(checks[name].toString(16));
    expect(crcBytes(name) * 8).toBe(Number(/\d+/.exec(name)?.[0]));
  });

  it('agrees with zlib, and with the directory', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(crc('CRC-32/ISO-HDLC', bytes)).toBe(crc32(bytes));
      expect(crc('CRC-8/MIFARE-MAD', bytes)).toBe(directoryCrc(bytes));
    }));
  });
});
