import { childValue, encodeTlv, joinBytes, parseSingle, parseTlvs } from './ber-tlv.ts';
import { subjectKeyIdentifier, type CmpRevocable } from './cmp-bodies.ts';
import { childrenOf, explicit, type CmpBody } from './cmp-message.ts';

/** The answers of an authority, and what it reads of its clients (RFC 4210, 5.3). The client's side is `cmp-bodies.ts`. */

const sequence = 0x30;
const integer = 0x02;
const zero = Uint8Array.of(0);

/** cp with one certificate (DER), accepted, and the authority's own beside it. */
export function issuedAnswer(certificate: Uint8Array, authorities: readonly Uint8Array[]): CmpBody {
  const pair = encodeTlv(sequence, explicit(0, certificate));
  const responses = encodeTlv(sequence, encodeTlv(sequence, joinBytes(encodeTlv(integer, zero), statusInfo(0), pair)));
  return { kind: 'cp', content: encodeTlv(sequence, joinBytes(explicit(1, encodeTlv(sequence, joinBytes(...authorities))), responses)) };
}

/** pkiconf: the confirmation was taken. */
export function confirmedAnswer(): CmpBody {
  return { kind: 'pkiconf', content: Uint8Array.of(0x05, 0x00) };
}

/** rp: accepted, or rejected with a reason. */
export function revocationAnswer(reason: string | null): CmpBody {
  return { kind: 'rp', content: encodeTlv(sequence, encodeTlv(sequence, reason === null ? statusInfo(0) : statusInfo(2, reason))) };
}

/** error: rejected with a reason. */
export function errorAnswer(reason: string): CmpBody {
  return { kind: 'error', content: encodeTlv(sequence, statusInfo(2, reason)) };
}

/** What an `rr` names its certificate by: the serial number (content bytes of the INTEGER), else the subject key identifier; null when it names neither. */
export function decodeRevocationRequest(content: Uint8Array): CmpRevocable | null {
  const [details] = childrenOf(content, sequence) ?? [];
  const [template] = details?.tag === sequence ? (parseTlvs(details.value) ?? []) : [];
  const fields = template?.tag === sequence ? (parseTlvs(template.value) ?? []) : [];
  const serial = childValue(fields, 0x81);
  if (serial !== null) return { serial };
  const subjectKeyId = keyIdIn(childValue(fields, 0xa9));
  return subjectKeyId === null ? null : { subjectKeyId };
}

function keyIdIn(extensions: Uint8Array | null): Uint8Array | null {
  const values = (parseTlvs(extensions ?? new Uint8Array()) ?? []).map(({ value }) => parseTlvs(value) ?? []);
  const [, value] = values.find(([type]) => type !== undefined && subjectKeyIdentifier.equals(encodeTlv(type.tag, type.value))) ?? [];
  return value === undefined ? null : parseSingle(value.value, 0x04);
}

/** The hash that a `certConf` names and whether the client took the certificate; null when it cannot be read. */
export function decodeConfirmation(content: Uint8Array): { readonly hash: Uint8Array; readonly isAccepted: boolean } | null {
  const [first] = childrenOf(content, sequence) ?? [];
  const fields = first?.tag === sequence ? (parseTlvs(first.value) ?? []) : [];
  const [hash] = fields;
  if (hash?.tag !== 0x04) return null;
  const status = parseTlvs(childValue(fields.slice(2), sequence) ?? new Uint8Array())?.[0]?.value[0] ?? 0;
  return { hash: hash.value, isAccepted: status <= 1 };
}

function statusInfo(status: number, text?: string): Uint8Array {
  const free = text === undefined ? new Uint8Array() : encodeTlv(sequence, encodeTlv(0x0c, Buffer.from(text, 'utf8')));
  return encodeTlv(sequence, joinBytes(encodeTlv(integer, Uint8Array.of(status)), free));
}
