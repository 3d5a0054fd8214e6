/**
 * One MIFARE application directory (NXP AN10787): the AIDs of sectors 1 to 15 (version 1, 32 bytes in sector 0), or of
 * sectors 17 to 39 (version 2, 48 bytes in sector 16, beside a version 1 directory in sector 0).
 */
export interface MifareDirectory {
  readonly version: 1 | 2;
  /** Sector of the card publisher, 0 for none. */
  readonly publisherSector: number;
  /** One AID a sector in order, as written: application cluster first, `5189`. */
  readonly aids: readonly string[];
}

/** Administration codes of the directory (AN10787 3.6). */
export const ADMINISTRATION_AID = { free: '0000', defect: '0001', reserved: '0002' } as const;

/** General purpose byte of a directory's trailer: directory present, multi-application card, version 1 or 2 (AN10787 3.5). */
export const DIRECTORY_GPB = { 1: 0xc1, 2: 0xc2 } as const;

const AID_COUNT = { 1: 15, 2: 23 } as const;
const PUBLISHER_MASK = 0x3f;
/** Sector 16 holds the second directory and cannot be the publisher's (AN10787 3.8). */
const SECOND_DIRECTORY_SECTOR = 0x10;
const LAST_SECTOR = 39;
const CRC_PRESET = 0xc7;
const CRC_POLYNOMIAL = 0x1d;

/** CRC-8 of AN10787 3.7: polynomial 1D, preset C7, most significant bit first, over info byte and AIDs. */
export function directoryCrc(bytes: Uint8Array): number {
  return bytes.reduce((crc, byte) => {
    let shifted = crc ^ byte;
    for (let bit = 0; bit < 8; bit += 1) shifted = shifted & 0x80 ? ((shifted << 1) ^ CRC_POLYNOMIAL) & 0xff : shifted << 1;
    return shifted;
  }, CRC_PRESET);
}

/** The bytes of a directory: CRC, info byte, AIDs low byte first. Throws `RangeError` for a directory that cannot be. */
export function encodeDirectory(directory: MifareDirectory): Uint8Array {
  const { version, publisherSector, aids } = directory;
  if (aids.length !== AID_COUNT[version] || !aids.every((aid) => /^[0-9A-F]{4}$/i.test(aid))) {
    throw new RangeError(`a directory of version ${version} has ${AID_COUNT[version]} AIDs of four hexadecimal digits`);
  }
  if (!isPublisherSector(publisherSector)) throw new RangeError(`sector ${publisherSector} cannot be the publisher's`);
  const body = Uint8Array.from([publisherSector, ...aids.flatMap((aid) => [...Buffer.from(aid, 'hex')].reverse())]);
  return Uint8Array.of(directoryCrc(body), ...body);
}

/** Reads a directory. Null when its length, CRC or publisher sector is not one: torn, empty or foreign. */
export function decodeDirectory(bytes: Uint8Array, version: 1 | 2): MifareDirectory | null {
  const [crc, info = 0] = bytes;
  if (bytes.length !== 2 + 2 * AID_COUNT[version] || crc !== directoryCrc(bytes.subarray(1))) return null;
  const publisherSector = info & PUBLISHER_MASK;
  if (!isPublisherSector(publisherSector)) return null;
  const aids = Array.from({ length: AID_COUNT[version] }, (_, index) => hexByte(bytes[3 + 2 * index]) + hexByte(bytes[2 + 2 * index]));
  return { version, publisherSector, aids };
}

function isPublisherSector(sector: number): boolean {
  return Number.isInteger(sector) && sector >= 0 && sector <= LAST_SECTOR && sector !== SECOND_DIRECTORY_SECTOR;
}

function hexByte(byte: number | undefined): string {
  return (byte ?? 0).toString(16).toUpperCase().padStart(2, '0');
}
