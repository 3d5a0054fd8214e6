import { createHash } from 'node:crypto';
import { childValue, encodeTlv, joinBytes, parseSingle, parseTlvs } from './ber-tlv.ts';
import type { ContainerId } from './piv-containers.ts';

/** id-icao-ldsSecurityObject: the content type of the signed part (ICAO Doc 9303 part 10; SP 800-73-5 part 1, 3.1.7). */
export const ldsSecurityObjectOid = '2.23.136.1.1.1';

/** Two-byte container identifiers by which the mapping names objects (SP 800-73-5 part 1, table 2). */
const mappedContainers: Readonly<Record<ContainerId, number>> = { '5FC107': 0xdb00, '5FC109': 0x3001, '5FC10C': 0x6060 };
const sha256Algorithm = Buffer.from('300b0609608648016503040201', 'hex');

/** One unsigned object that the security object vouches for. */
export interface HashedObject {
  readonly id: ContainerId;
  readonly contents: Uint8Array;
}

/** The objects that a security object can vouch for here: unsigned ones; what carries a signature of its own needs none. */
export function isVouchable(id: ContainerId): boolean {
  return Object.hasOwn(mappedContainers, id);
}

/** The LDS security object, DER: SHA-256 of each object's contents under data group numbers 1, 2 and so on. */
export function encodeLdsSecurityObject(objects: readonly HashedObject[]): Uint8Array {
  const hashes = objects.map(({ contents }, index) => {
    const hash = createHash('sha256').update(contents).digest();
    return encodeTlv(0x30, joinBytes(encodeTlv(0x02, Uint8Array.of(index + 1)), encodeTlv(0x04, hash)));
  });
  return encodeTlv(0x30, joinBytes(encodeTlv(0x02, Uint8Array.of(0)), sha256Algorithm, encodeTlv(0x30, joinBytes(...hashes))));
}

/**
 * Container 5FC106 (inside tag 53): BA maps data group numbers to container identifiers, BB is the signed LDS security
 * object, FE is empty (SP 800-73-5 part 1, table 14). Throws RangeError for an object that it cannot vouch for.
 */
export function encodeSecurityObject(objects: readonly HashedObject[], signedData: Uint8Array): Uint8Array {
  const mapping = objects.map(({ id }, index) => {
    const container = mappedContainers[id];
    if (container === undefined || index > 15) throw new RangeError(`the security object cannot vouch for ${id}`);
    return Uint8Array.of(index + 1, container >> 8, container & 0xff);
  });
  return joinBytes(encodeTlv(0xba, joinBytes(...mapping)), encodeTlv(0xbb, signedData), encodeTlv(0xfe, new Uint8Array()));
}

/** The mapping and the signed part of a security object, or null when it has another form. */
export function decodeSecurityObject(contents: Uint8Array): { readonly mapping: ReadonlyMap<number, number>; readonly signedData: Uint8Array } | null {
  const fields = parseTlvs(contents);
  const mapping = fields === null ? null : childValue(fields, 0xba);
  const signedData = fields === null ? null : childValue(fields, 0xbb);
  if (mapping === null || signedData === null || mapping.length % 3 !== 0) return null;
  const pairs = Array.from({ length: mapping.length / 3 }, (_, index): [number, number] => {
    const [group = 0, high = 0, low = 0] = mapping.subarray(index * 3);
    return [group, (high << 8) | low];
  });
  return { mapping: new Map(pairs), signedData };
}

/** The hashes of an LDS security object by data group number, or null. */
export function decodeLdsSecurityObject(der: Uint8Array): ReadonlyMap<number, Uint8Array> | null {
  const body = parseSingle(der, 0x30);
  const hashes = body === null ? null : parseTlvs(body)?.[2];
  if (hashes?.tag !== 0x30) return null;
  const entries = (parseTlvs(hashes.value) ?? []).map(({ value }): [number, Uint8Array] => {
    const [group, hash] = parseTlvs(value) ?? [];
    return [group?.value[0] ?? 0, hash?.value ?? new Uint8Array()];
  });
  return new Map(entries);
}
