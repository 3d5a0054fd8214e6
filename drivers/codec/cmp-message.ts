import { childValue, encodeTlv, joinBytes, parseSingle, parseTlvs, type Tlv } from './ber-tlv.ts';

/** The kinds of body that a client of the lightweight profile meets, by their tag numbers (RFC 4210, 5.1.2). */
export const cmpBodyTag = { p10cr: 4, cp: 3, rr: 11, rp: 12, pkiconf: 19, genm: 21, genp: 22, error: 23, certConf: 24, pollReq: 25, pollRep: 26 } as const;
export type CmpBodyKind = keyof typeof cmpBodyTag;

/** A body: its kind and its content in DER. */
export interface CmpBody {
  readonly kind: CmpBodyKind;
  readonly content: Uint8Array;
}

/** The part of a header that this product writes and reads. Names, algorithm and times are DER. */
export interface CmpHeader {
  /** Name (DER); the sender of a message with a shared secret may be the empty name. */
  readonly sender: Uint8Array;
  readonly recipient: Uint8Array;
  /** Milliseconds since 1970; null when the message does not tell. */
  readonly time: number | null;
  /** AlgorithmIdentifier; null when the message is not protected. */
  readonly protectionAlgorithm: Uint8Array | null;
  readonly senderKeyId: Uint8Array | null;
  readonly transactionId: Uint8Array;
  readonly senderNonce: Uint8Array;
  readonly recipientNonce: Uint8Array | null;
}

/** A message as read. `protectedPart` are the bytes that MAC or signature cover. */
export interface CmpMessage {
  readonly header: CmpHeader;
  readonly body: CmpBody;
  readonly protectedPart: Uint8Array;
  readonly protection: Uint8Array | null;
  readonly extraCertificates: readonly Uint8Array[];
}

const sequence = 0x30;
const octetString = 0x04;
const version = Uint8Array.of(2);
const kinds = Object.entries(cmpBodyTag) as readonly (readonly [CmpBodyKind, number])[];

/** Header and body as they are protected: SEQUENCE { header, body } (RFC 4210, 5.1.3). */
export function encodeProtectedPart(header: CmpHeader, body: CmpBody): Uint8Array {
  return encodeTlv(sequence, joinBytes(encodeHeader(header), explicit(cmpBodyTag[body.kind], body.content)));
}

/** The whole message: the protected part, its MAC or signature, and certificates beside it (RFC 4210, 5.1). */
export function encodeCmpMessage(protectedPart: Uint8Array, protection: Uint8Array | null, extraCertificates: readonly Uint8Array[]): Uint8Array {
  const parts = parseSingle(protectedPart, sequence) ?? new Uint8Array();
  const bits = protection === null ? [] : [explicit(0, encodeTlv(0x03, joinBytes(Uint8Array.of(0), protection)))];
  const extra = extraCertificates.length === 0 ? [] : [explicit(1, encodeTlv(sequence, joinBytes(...extraCertificates)))];
  return encodeTlv(sequence, joinBytes(parts, ...bits, ...extra));
}

/** Reads a message, or null when it is none of version 2 or 3 with a body that a client can meet. */
export function decodeCmpMessage(der: Uint8Array): CmpMessage | null {
  const parts = childrenOf(der, sequence);
  const [header, body] = parts ?? [];
  if (parts === null || header?.tag !== sequence || body === undefined) return null;
  const kind = kinds.find(([, tag]) => 0xa0 + tag === body.tag)?.[0];
  const read = decodeHeader(header.value);
  if (kind === undefined || read === null) return null;
  const bits = parseSingle(childValue(parts, 0xa0) ?? new Uint8Array(), 0x03);
  const extra = childrenOf(childValue(parts, 0xa1) ?? new Uint8Array(), sequence) ?? [];
  return {
    header: read,
    body: { kind, content: body.value },
    protectedPart: encodeTlv(sequence, joinBytes(encodeTlv(header.tag, header.value), encodeTlv(body.tag, body.value))),
    protection: bits === null ? null : bits.subarray(1),
    extraCertificates: extra.map(({ tag, value }) => encodeTlv(tag, value)),
  };
}

/** The parts of a constructed object with a tag; null when the bytes are not exactly one. */
export function childrenOf(der: Uint8Array, tag: number): readonly Tlv[] | null {
  const contents = parseSingle(der, tag);
  return contents === null ? null : parseTlvs(contents);
}

/** A context tag around a whole object. */
export function explicit(tag: number, object: Uint8Array): Uint8Array {
  return encodeTlv(0xa0 + tag, object);
}

function encodeHeader(header: CmpHeader): Uint8Array {
  const optional = (tag: number, object: Uint8Array | null): Uint8Array => (object === null ? new Uint8Array() : explicit(tag, object));
  const octets = (bytes: Uint8Array | null): Uint8Array | null => (bytes === null ? null : encodeTlv(octetString, bytes));
  return encodeTlv(sequence, joinBytes(
    encodeTlv(0x02, version),
    explicit(4, header.sender),
    explicit(4, header.recipient),
    optional(0, header.time === null ? null : encodeTlv(0x18, generalizedTime(header.time))),
    optional(1, header.protectionAlgorithm),
    optional(2, octets(header.senderKeyId)),
    explicit(4, encodeTlv(octetString, header.transactionId)),
    explicit(5, encodeTlv(octetString, header.senderNonce)),
    optional(6, octets(header.recipientNonce)),
  ));
}

function decodeHeader(contents: Uint8Array): CmpHeader | null {
  const [pvno, sender, recipient, ...rest] = parseTlvs(contents) ?? [];
  if (pvno?.tag !== 0x02 || ![2, 3].includes(pvno.value[0] ?? 0) || sender === undefined || recipient === undefined) return null;
  const octets = (tag: number): Uint8Array | null => parseSingle(childValue(rest, tag) ?? new Uint8Array(), octetString);
  const [transactionId, senderNonce] = [octets(0xa4), octets(0xa5)];
  if (transactionId === null || senderNonce === null) return null;
  const time = parseSingle(childValue(rest, 0xa0) ?? new Uint8Array(), 0x18);
  return {
    sender: sender.value, recipient: recipient.value,
    time: time === null ? null : timeOf(time),
    protectionAlgorithm: childValue(rest, 0xa1), senderKeyId: octets(0xa2),
    transactionId, senderNonce, recipientNonce: octets(0xa6),
  };
}

/** YYYYMMDDhhmmssZ (X.690, 11.7). */
function generalizedTime(ms: number): Uint8Array {
  return Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`, 'latin1');
}

function timeOf(bytes: Uint8Array): number | null {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/.exec(Buffer.from(bytes).toString('latin1'));
  if (match === null) return null;
  const [, year, month, day, hour, minute, second] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
