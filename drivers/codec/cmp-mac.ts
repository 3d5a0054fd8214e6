import { createHash, createHmac } from 'node:crypto';
import { encodeTlv, joinBytes, parseTlvs } from './ber-tlv.ts';
import { childrenOf } from './cmp-message.ts';

const pbmOid = '2a864886f67d07420d';
const sha256Oid = '608648016503040201';
const hmacSha256Oid = '2a864886f70d0209';
const hashes: Readonly<Record<string, string>> = { '2b0e03021a': 'sha1', [sha256Oid]: 'sha256', '608648016503040202': 'sha384', '608648016503040203': 'sha512' };
const macs: Readonly<Record<string, string>> = { '2b06010505080102': 'sha1', '2a864886f70d0207': 'sha1', [hmacSha256Oid]: 'sha256', '2a864886f70d020a': 'sha384', '2a864886f70d020b': 'sha512' };
const iterations = 1000;
/** More would let a forged answer keep us busy. */
const mostIterations = 100_000;

/** AlgorithmIdentifier of a password-based MAC with SHA-256 and HMAC-SHA-256, over a salt (RFC 4210, 5.1.3.1; RFC 9481, 6.1.1). */
export function passwordMacAlgorithm(salt: Uint8Array): Uint8Array {
  const count = encodeTlv(0x02, Uint8Array.of(iterations >> 8, iterations & 0xff));
  return algorithmIdentifier(pbmOid, encodeTlv(0x30, joinBytes(encodeTlv(0x04, salt), algorithmIdentifier(sha256Oid), count, algorithmIdentifier(hmacSha256Oid))));
}

/** The password-based MAC of a message under a shared secret; null for an algorithm that is none, or asks for too many rounds. */
export function passwordMac(algorithm: Uint8Array, message: Uint8Array, secret: Uint8Array): Uint8Array | null {
  const [oid, parameters] = childrenOf(algorithm, 0x30) ?? [];
  const [salt, owf, count, mac] = parameters?.tag === 0x30 ? (parseTlvs(parameters.value) ?? []) : [];
  const [hash, macHash] = [hashes[oidIn(owf?.value)], macs[oidIn(mac?.value)]];
  const rounds = count === undefined || count.value.length > 4 || count.value.length === 0 ? 0 : Buffer.from(count.value).readUIntBE(0, count.value.length);
  if (hexOf(oid?.value) !== pbmOid || salt === undefined || hash === undefined || macHash === undefined || rounds < 1 || rounds > mostIterations) return null;
  let key = createHash(hash).update(secret).update(salt.value).digest();
  for (let round = 1; round < rounds; round += 1) key = createHash(hash).update(key).digest();
  const result = createHmac(macHash, key).update(message).digest();
  key.fill(0);
  return new Uint8Array(result);
}

/** An AlgorithmIdentifier from the object identifier's content bytes (hex) and its parameters (DER). */
export function algorithmIdentifier(oidHex: string, parameters: Uint8Array = new Uint8Array()): Uint8Array {
  return encodeTlv(0x30, joinBytes(encodeTlv(0x06, Buffer.from(oidHex, 'hex')), parameters));
}

/** The object identifier of an AlgorithmIdentifier, content bytes as hex; empty when there is none. */
export function algorithmOid(identifier: Uint8Array): string {
  const [oid] = childrenOf(identifier, 0x30) ?? [];
  return hexOf(oid?.value);
}

function oidIn(contents: Uint8Array | undefined): string {
  const [oid] = contents === undefined ? [] : (parseTlvs(contents) ?? []);
  return hexOf(oid?.value);
}

function hexOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('hex');
}
