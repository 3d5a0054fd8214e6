import { childValue, encodeNested, encodeTlv, parseSingle, parseTlvs } from './ber-tlv.ts';

/** The application identifier of PIV, version 1.0 (SP 800-73-5 part 1, 2.2). */
export const pivAid: Uint8Array = Uint8Array.of(0xa0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0x01, 0x00);

/** The discovery object, 7E (SP 800-73-5 part 1, 3.3.2 and table 17). */
export interface Discovery {
  readonly aid: Uint8Array;
  /** First byte: 40 application PIN, 20 global PIN, 10 on-card comparison, 08 virtual contact interface. Second: 10 or 20, the primary PIN. */
  readonly pinUsagePolicy: number;
}

/** Application PIN only; nothing is said of a primary PIN. */
export const applicationPinOnly = 0x4000;

/** The whole object with its tag: it stands alone in PUT DATA and GET DATA. */
export function encodeDiscovery(pinUsagePolicy: number): Uint8Array {
  return encodeNested(0x7e, encodeTlv(0x4f, pivAid), encodeTlv(0x5f2f, Uint8Array.of(pinUsagePolicy >> 8, pinUsagePolicy & 0xff)));
}

/** Reads the whole object, or null when it is none. */
export function decodeDiscovery(object: Uint8Array): Discovery | null {
  const contents = parseSingle(object, 0x7e);
  const fields = contents === null ? null : parseTlvs(contents);
  if (fields === null) return null;
  const aid = childValue(fields, 0x4f);
  const policy = childValue(fields, 0x5f2f);
  if (aid === null || policy?.length !== 2) return null;
  return { aid, pinUsagePolicy: ((policy[0] ?? 0) << 8) | (policy[1] ?? 0) };
}
