/** A cyclic redundancy check by the parameters of the CRC catalogue (Williams model): width in bits, polynomial, preset, mirrored, final xor. */
interface CrcModel {
  readonly width: 8 | 16 | 32;
  readonly polynomial: number;
  readonly preset: number;
  /** Bits of every byte, and of the result, come least significant first. */
  readonly mirrored: boolean;
  readonly finalXor: number;
}

/** CRCs that sector data is protected with, by their catalogue names. */
const MODELS = {
  'CRC-8/SMBUS': { width: 8, polynomial: 0x07, preset: 0, mirrored: false, finalXor: 0 },
  'CRC-8/MIFARE-MAD': { width: 8, polynomial: 0x1d, preset: 0xc7, mirrored: false, finalXor: 0 },
  'CRC-16/IBM-3740': { width: 16, polynomial: 0x1021, preset: 0xffff, mirrored: false, finalXor: 0 },
  'CRC-16/XMODEM': { width: 16, polynomial: 0x1021, preset: 0, mirrored: false, finalXor: 0 },
  'CRC-16/ARC': { width: 16, polynomial: 0x8005, preset: 0, mirrored: true, finalXor: 0 },
  'CRC-16/ISO-IEC-14443-3-A': { width: 16, polynomial: 0x1021, preset: 0xc6c6, mirrored: true, finalXor: 0 },
  'CRC-32/ISO-HDLC': { width: 32, polynomial: 0x04c11db7, preset: 0xffffffff, mirrored: true, finalXor: 0xffffffff },
} as const satisfies Readonly<Record<string, CrcModel>>;

export type CrcName = keyof typeof MODELS;

export const crcNames = Object.keys(MODELS) as [CrcName, ...CrcName[]];

/** Bytes that a CRC takes: 1, 2 or 4. */
export function crcBytes(name: CrcName): number {
  return MODELS[name].width / 8;
}

/** The CRC of some bytes as a number. The parameters are those of the CRC catalogue; the model is Ross Williams'. */
export function crc(name: CrcName, bytes: Uint8Array): number {
  const { width, polynomial, preset, mirrored, finalXor }: CrcModel = MODELS[name];
  const top = 2 ** (width - 1);
  const mask = 2 ** width - 1;
  // The register is kept as the catalogue writes the preset: mirrored models give it mirrored.
  let register = preset;
  for (const byte of bytes) {
    register = (register ^ (mirrored ? mirror(byte, 8) : byte) * 2 ** (width - 8)) >>> 0;
    for (let bit = 0; bit < 8; bit += 1) register = ((register & top) === 0 ? register * 2 : ((register * 2) & mask) ^ polynomial) & mask;
  }
  return ((mirrored ? mirror(register >>> 0, width) : register) ^ finalXor) >>> 0;
}

function mirror(value: number, bits: number): number {
  let result = 0;
  for (let bit = 0; bit < bits; bit += 1) if (value & (2 ** bit)) result += 2 ** (bits - 1 - bit);
  return result;
}
