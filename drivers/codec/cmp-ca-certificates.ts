import { encodeTlv, joinBytes, parseSingle, parseTlvs } from './ber-tlv.ts';
import { childrenOf, type CmpBody } from './cmp-message.ts';

/** How an authority tells its own certificates: by a general message (RFC 9483, 4.3.1), and beside an issued one (RFC 4210, 5.3.4). */

const sequence = 0x30;
const mostCertificates = 16;
/** id-it-caCerts, DER (RFC 9480, 2.15). */
const caCertificates = Buffer.from('06082b06010505070411', 'hex');

/** genm that asks for the authority's certificates (RFC 9483, 4.3.1). */
export function caCertificatesRequestBody(): CmpBody {
  return { kind: 'genm', content: encodeTlv(sequence, encodeTlv(sequence, caCertificates)) };
}

/** Reads the certificates (DER) of a `genp` (RFC 9483, 4.3.1): none when the authority tells none, null when it cannot be read. */
export function decodeCaCertificates(content: Uint8Array): readonly Uint8Array[] | null {
  const infos = childrenOf(content, sequence);
  const told = infos?.find(({ value }) => Buffer.from(value).subarray(0, caCertificates.length).equals(caCertificates));
  if (infos === null || told === undefined) return infos === null ? null : [];
  const [, list] = parseTlvs(told.value) ?? [];
  if (list === undefined) return [];
  return list.tag === sequence ? certificateList(list.value) : null;
}

/** The certificates (DER) that a `cp` brings beside the issued one (caPubs; RFC 4210, 5.3.4). */
export function decodeCaPublications(content: Uint8Array): readonly Uint8Array[] {
  const [first] = childrenOf(content, sequence) ?? [];
  const list = first?.tag === 0xa1 ? parseSingle(first.value, sequence) : null;
  return list === null ? [] : (certificateList(list) ?? []);
}

function certificateList(list: Uint8Array): readonly Uint8Array[] | null {
  const found = parseTlvs(list);
  return found === null || found.length > mostCertificates || found.some(({ tag }) => tag !== sequence) ? null : found.map(({ value }) => encodeTlv(sequence, value));
}

/** genp: the authority's certificates (RFC 9483, 4.3.1). */
export function caCertificatesAnswer(authorities: readonly Uint8Array[]): CmpBody {
  return { kind: 'genp', content: encodeTlv(sequence, encodeTlv(sequence, joinBytes(caCertificates, encodeTlv(sequence, joinBytes(...authorities))))) };
}

/** Whether a `genm` asks for the authority's certificates and for nothing else. */
export function asksForCaCertificates(content: Uint8Array): boolean {
  return Buffer.from(encodeTlv(sequence, encodeTlv(sequence, caCertificates))).equals(content);
}
