import { childValue, encodeTlv, joinBytes, parseSingle, parseTlvs, type Tlv } from './ber-tlv.ts';
import { childrenOf, explicit, type CmpBody } from './cmp-message.ts';

/** PKIStatusInfo (RFC 4210, 5.2.3): 0 and 1 mean yes, 2 no, 3 wait. `failBits` are the numbers of the set failure bits. */
export interface CmpStatus {
  readonly status: number;
  /** Free text of the server, printable characters only. */
  readonly text: string;
  readonly failBits: readonly number[];
}

/** The one response of a `cp` message. `certificate` is DER, null when there is none. */
export interface CmpCertificateResponse {
  /** INTEGER content bytes, given back as they came: servers use 0 and -1 for p10cr. */
  readonly requestId: Uint8Array;
  readonly status: CmpStatus;
  readonly certificate: Uint8Array | null;
}

const sequence = 0x30;
const integer = 0x02;
const mostTextCharacters = 200;
/** id-ce-subjectKeyIdentifier, DER (RFC 5280, 4.2.1.2). */
export const subjectKeyIdentifier = Buffer.from('0603551d0e', 'hex');
/** id-ce-cRLReasons with cessationOfOperation: the card never came into use (RFC 5280, 5.3.1). */
const reasonIdentifier = Buffer.from('0603551d15', 'hex');
const cessationOfOperation = Buffer.from('0a0105', 'hex');

/** p10cr: a PKCS #10 request (RFC 4210, 5.3.4). */
export function certificateRequestBody(request: Uint8Array): CmpBody {
  return { kind: 'p10cr', content: request };
}

/** certConf for one certificate, accepted or refused (RFC 4210, 5.3.18). `hash` is by the hash of the certificate's own signature. */
export function confirmationBody(hash: Uint8Array, requestId: Uint8Array, isAccepted: boolean): CmpBody {
  const status = isAccepted ? new Uint8Array() : encodeTlv(sequence, encodeTlv(integer, Uint8Array.of(2)));
  return { kind: 'certConf', content: encodeTlv(sequence, encodeTlv(sequence, joinBytes(encodeTlv(0x04, hash), encodeTlv(integer, requestId), status))) };
}

/** pollReq for one request (RFC 4210, 5.3.22). */
export function pollBody(requestId: Uint8Array): CmpBody {
  return { kind: 'pollReq', content: encodeTlv(sequence, encodeTlv(sequence, encodeTlv(integer, requestId))) };
}

/** What an rr names a certificate by: its serial number, or its subject key identifier where the number is not known. */
export type CmpRevocable = { readonly serial: Uint8Array } | { readonly subjectKeyId: Uint8Array };

/**
 * rr for one certificate of an issuer (Name, DER), by as much as is known of it (RFC 4210, 5.3.9; CertTemplate of RFC
 * 4211, 5), with the reason cessationOfOperation.
 */
export function revocationBody(issuer: Uint8Array, certificate: CmpRevocable): CmpBody {
  const fields = 'serial' in certificate
    ? joinBytes(encodeTlv(0x81, positive(certificate.serial)), explicit(3, issuer))
    : joinBytes(explicit(3, issuer), encodeTlv(0xa9, encodeTlv(sequence, joinBytes(subjectKeyIdentifier, encodeTlv(0x04, encodeTlv(0x04, certificate.subjectKeyId))))));
  const template = encodeTlv(sequence, fields);
  const reason = encodeTlv(sequence, encodeTlv(sequence, joinBytes(reasonIdentifier, encodeTlv(0x04, cessationOfOperation))));
  return { kind: 'rr', content: encodeTlv(sequence, encodeTlv(sequence, joinBytes(template, reason))) };
}

function positive(serial: Uint8Array): Uint8Array {
  return (serial[0] ?? 0) >= 0x80 ? joinBytes(Uint8Array.of(0), serial) : serial;
}

/** Reads a `cp` with exactly one response (RFC 4210, 5.3.4), or null. */
export function decodeCertificateResponse(content: Uint8Array): CmpCertificateResponse | null {
  const message = childrenOf(content, sequence);
  const responses = message?.find(({ tag }) => tag === sequence);
  const [response, ...others] = responses === undefined ? [] : (parseTlvs(responses.value) ?? []);
  if (response === undefined || others.length > 0) return null;
  const [requestId, info, pair] = parseTlvs(response.value) ?? [];
  const status = info === undefined ? null : decodeStatus(info);
  if (requestId?.tag !== integer || status === null) return null;
  const choice = pair?.tag === sequence ? childValue(parseTlvs(pair.value) ?? [], 0xa0) : null;
  return { requestId: requestId.value, status, certificate: choice };
}

/** Reads the first status of an `rp` (RFC 4210, 5.3.10), or null. */
export function decodeRevocationResponse(content: Uint8Array): CmpStatus | null {
  const [statuses] = childrenOf(content, sequence) ?? [];
  const [first] = statuses?.tag === sequence ? (parseTlvs(statuses.value) ?? []) : [];
  return first === undefined ? null : decodeStatus(first);
}

/** Reads the status of an `error` (RFC 4210, 5.3.21), or null. */
export function decodeErrorMessage(content: Uint8Array): CmpStatus | null {
  const [info] = childrenOf(content, sequence) ?? [];
  return info === undefined ? null : decodeStatus(info);
}

/** Seconds that a `pollRep` asks to wait (RFC 4210, 5.3.22), or null. */
export function decodePollResponse(content: Uint8Array): number | null {
  const [first] = childrenOf(content, sequence) ?? [];
  const [, after] = first?.tag === sequence ? (parseTlvs(first.value) ?? []) : [];
  return after?.tag === integer && after.value.length <= 4 ? Buffer.from(after.value).readIntBE(0, after.value.length) : null;
}

function decodeStatus({ tag, value }: Tlv): CmpStatus | null {
  const fields = tag === sequence ? parseTlvs(value) : null;
  const number = fields?.[0];
  if (fields === null || number?.tag !== integer || number.value.length !== 1) return null;
  const texts = parseTlvs(childValue(fields.slice(1), sequence) ?? new Uint8Array()) ?? [];
  const text = texts.map((each) => Buffer.from(each.value).toString('utf8')).join(' ').replace(/[^\x20-\x7e]+/g, ' ').slice(0, mostTextCharacters);
  return { status: number.value[0] ?? 2, text, failBits: setBits(childValue(fields, 0x03)) };
}

/** The numbers of the bits that are set in a BIT STRING, the first is 0. */
function setBits(bits: Uint8Array | null): readonly number[] {
  const bytes = bits?.subarray(1) ?? new Uint8Array();
  return Array.from({ length: bytes.length * 8 }, (_, index) => index).filter((index) => (((bytes[index >> 3] ?? 0) >> (7 - (index & 7))) & 1) === 1);
}

/** The name of an authority in a certificate (DER): the subject of it. */
export function subjectOf(certificate: Uint8Array): Uint8Array {
  const tbs = childrenOf(certificate, sequence)?.[0];
  const fields = tbs === undefined ? [] : (parseTlvs(tbs.value) ?? []);
  const withoutVersion = fields[0]?.tag === 0xa0 ? fields.slice(1) : fields;
  const subject = withoutVersion[4];
  if (subject?.tag !== sequence) throw new RangeError('not a certificate');
  return encodeTlv(sequence, subject.value);
}

/** The subject key identifier of a certificate (DER), or null. */
export function keyIdOf(certificate: Uint8Array): Uint8Array | null {
  const marker = Buffer.from('0603551d0e04', 'hex');
  const at = Buffer.from(certificate).indexOf(marker);
  const inner = at < 0 ? null : certificate.subarray(at + marker.length + 1);
  return inner?.[0] === 0x04 ? parseSingle(inner.subarray(0, 2 + (inner[1] ?? 0)), 0x04) : null;
}
