import { crc32 } from 'node:zlib';
import { StationFault } from '../contracts/fault.ts';

/** The first thing written to a chip: whose card it is becoming, so that a restart recognises a half-made card. */
export interface CardTag {
  /** 1 to 24 visible ASCII characters. */
  readonly orderId: string;
  /** 1 to 65535. */
  readonly attempt: number;
}

/** Length of every encoded tag: two MIFARE blocks, or the content of one PIV object. */
export const CARD_TAG_BYTES = 32;

const MAGIC = 0x4b;
const VERSION = 0x01;
const ORDER_ID_AT = 2;
const ORDER_ID_BYTES = 24;
const ATTEMPT_AT = 26;
const CHECKSUM_AT = 28;

/**
 * Encodes a tag: magic 4B, version 01, order id padded with zeros to 24, attempt (big endian), CRC-32 (big endian)
 * over all before it. Throws `ORD-TEXT-TOO-LONG` or `ORD-CHARACTERS` for an order id that does not fit, `ORD-SCHEMA`
 * for an attempt outside 1 to 65535.
 */
export function encodeCardTag(tag: CardTag): Uint8Array {
  if (tag.orderId.length > ORDER_ID_BYTES) throw new StationFault('ORD-TEXT-TOO-LONG', { field: 'orderId' });
  if (!/^[\x21-\x7e]+$/.test(tag.orderId)) throw new StationFault('ORD-CHARACTERS', { field: 'orderId' });
  if (!Number.isInteger(tag.attempt) || tag.attempt < 1 || tag.attempt > 0xffff) {
    throw new StationFault('ORD-SCHEMA', { field: 'attempt', data: { attempt: tag.attempt } });
  }
  const bytes = Buffer.alloc(CARD_TAG_BYTES);
  bytes[0] = MAGIC;
  bytes[1] = VERSION;
  bytes.write(tag.orderId, ORDER_ID_AT, 'latin1');
  bytes.writeUInt16BE(tag.attempt, ATTEMPT_AT);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, CHECKSUM_AT)), CHECKSUM_AT);
  return Uint8Array.from(bytes);
}

/** Decodes a tag of exactly `CARD_TAG_BYTES` bytes. Null for everything that is not a whole tag: empty, torn, or foreign. */
export function decodeCardTag(encoded: Uint8Array): CardTag | null {
  const bytes = Buffer.from(encoded);
  if (bytes.length !== CARD_TAG_BYTES || bytes[0] !== MAGIC || bytes[1] !== VERSION) return null;
  if (bytes.readUInt32BE(CHECKSUM_AT) !== crc32(bytes.subarray(0, CHECKSUM_AT))) return null;
  const orderId = bytes.toString('latin1', ORDER_ID_AT, ATTEMPT_AT).replace(/\0+$/, '');
  const attempt = bytes.readUInt16BE(ATTEMPT_AT);
  if (!/^[\x21-\x7e]+$/.test(orderId) || attempt === 0) return null;
  return { orderId, attempt };
}
