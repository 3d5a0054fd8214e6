import { asciiValue, childValue, encodeTlv, joinBytes, parseTlvs } from './ber-tlv.ts';

/** The key history object, 5FC10C (SP 800-73-5 part 1, 3.3.3): how many retired keys have their certificates where. */
export interface KeyHistory {
  readonly onCardCertificates: number;
  readonly offCardCertificates: number;
  /** Where the off-card certificates are; present exactly when there are some. */
  readonly offCardUrl: string | null;
}

/** The contents (inside tag 53). Throws RangeError for counts over 20 in all, or a URL that does not go with them. */
export function encodeKeyHistory(history: KeyHistory): Uint8Array {
  const { onCardCertificates: on, offCardCertificates: off, offCardUrl: url } = history;
  if (on < 0 || off < 0 || on + off > 20 || (off > 0) !== (url !== null)) throw new RangeError('a key history counts to 20 and names a URL for what is off the card');
  return joinBytes(
    encodeTlv(0xc1, Uint8Array.of(on)),
    encodeTlv(0xc2, Uint8Array.of(off)),
    url === null ? new Uint8Array() : encodeTlv(0xf3, Buffer.from(url, 'latin1')),
    encodeTlv(0xfe, new Uint8Array()),
  );
}

/** Reads the contents, or null when a count is missing. */
export function decodeKeyHistory(contents: Uint8Array): KeyHistory | null {
  const fields = parseTlvs(contents);
  if (fields === null) return null;
  const on = childValue(fields, 0xc1);
  const off = childValue(fields, 0xc2);
  if (on?.length !== 1 || off?.length !== 1) return null;
  const url = asciiValue(fields, 0xf3);
  return { onCardCertificates: on[0] ?? 0, offCardCertificates: off[0] ?? 0, offCardUrl: url === '' ? null : url };
}
