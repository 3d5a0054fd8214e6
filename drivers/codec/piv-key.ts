import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { childValue, encodeNested, encodeTlv, joinBytes, parseSingle, parseTlvs } from './ber-tlv.ts';
import type { PivKeyAlgorithm } from './piv-algorithms.ts';

/** A public key as a card gives it (SP 800-73-5 part 2, table 11). `point` is uncompressed: 04 X Y. */
export type PivPublicKey =
  | { readonly kind: 'ec'; readonly curve: 'P-256' | 'P-384'; readonly point: Uint8Array }
  | { readonly kind: 'rsa'; readonly modulus: Uint8Array; readonly exponent: Uint8Array };

const coordinateBytes = { 'P-256': 32, 'P-384': 48 } as const;
const modulusBytes = { 'RSA-2048': 256, 'RSA-3072': 384 } as const;

/** The answer to GENERATE ASYMMETRIC KEY PAIR: 7F49 { 81 modulus, 82 exponent } or 7F49 { 86 point }. */
export function encodePublicKeyTemplate(key: PivPublicKey): Uint8Array {
  return encodeNested(0x7f49, encodePublicKeyFields(key));
}

/** The fields inside 7F49, which Yubico's metadata gives bare. */
export function encodePublicKeyFields(key: PivPublicKey): Uint8Array {
  if (key.kind === 'ec') return encodeTlv(0x86, key.point);
  return joinBytes(encodeTlv(0x81, key.modulus), encodeTlv(0x82, key.exponent));
}

/** Reads a 7F49 answer for the algorithm that was asked for; null when it is no key of that algorithm. */
export function decodePublicKeyTemplate(bytes: Uint8Array, algorithm: PivKeyAlgorithm): PivPublicKey | null {
  const contents = parseSingle(bytes, 0x7f49);
  return contents === null ? null : decodePublicKeyFields(contents, algorithm);
}

/** Reads the fields inside 7F49. */
export function decodePublicKeyFields(contents: Uint8Array, algorithm: PivKeyAlgorithm): PivPublicKey | null {
  const fields = parseTlvs(contents);
  if (fields === null) return null;
  if (algorithm === 'P-256' || algorithm === 'P-384') {
    const point = childValue(fields, 0x86);
    if (point?.length !== 1 + 2 * coordinateBytes[algorithm] || point[0] !== 0x04) return null;
    return { kind: 'ec', curve: algorithm, point };
  }
  const modulus = childValue(fields, 0x81);
  const exponent = childValue(fields, 0x82);
  if (modulus === null || exponent === null) return null;
  const key = { kind: 'rsa', modulus: withoutLeadingZeros(modulus), exponent: withoutLeadingZeros(exponent) } as const;
  return key.modulus.length === modulusBytes[algorithm] && key.exponent.length <= 8 ? key : null;
}

/** SubjectPublicKeyInfo, DER (RFC 5280, RFC 5480, RFC 3279). Null when the point is not on its curve. */
export function publicKeyToSpki(key: PivPublicKey): Uint8Array | null {
  try {
    return new Uint8Array(createPublicKey({ key: toJwk(key), format: 'jwk' }).export({ format: 'der', type: 'spki' }));
  } catch {
    // OpenSSL refuses numbers that are no key: an expected outcome of reading a card, and the caller's to judge.
    return null;
  }
}

/** The card's form of a key given as SPKI; null for other kinds and curves. */
export function publicKeyFromSpki(spki: Uint8Array): PivPublicKey | null {
  try {
    return publicKeyOf(createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }));
  } catch {
    return null;
  }
}

/** The card's form of a Node key (public, or the public half of a private one); null for other kinds and curves. */
export function publicKeyOf(key: KeyObject): PivPublicKey | null {
  const { kty, crv, x, y, n, e } = key.export({ format: 'jwk' });
  if (kty === 'RSA' && n !== undefined && e !== undefined) return { kind: 'rsa', modulus: fromBase64Url(n), exponent: fromBase64Url(e) };
  if (kty !== 'EC' || (crv !== 'P-256' && crv !== 'P-384') || x === undefined || y === undefined) return null;
  return { kind: 'ec', curve: crv, point: joinBytes(Uint8Array.of(0x04), fromBase64Url(x), fromBase64Url(y)) };
}

function toJwk(key: PivPublicKey): JsonWebKey {
  if (key.kind === 'rsa') return { kty: 'RSA', n: base64Url(key.modulus), e: base64Url(key.exponent) };
  const size = coordinateBytes[key.curve];
  return { kty: 'EC', crv: key.curve, x: base64Url(key.point.subarray(1, 1 + size)), y: base64Url(key.point.subarray(1 + size)) };
}

function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function fromBase64Url(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64url'));
}

function withoutLeadingZeros(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0);
  return start < 0 ? bytes.subarray(bytes.length) : bytes.subarray(start);
}
