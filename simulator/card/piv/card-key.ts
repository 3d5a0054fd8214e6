import { constants, createECDH, createPrivateKey, generateKeyPairSync, privateEncrypt, type KeyObject } from 'node:crypto';
import type { PivKeyAlgorithm } from '../../../drivers/codec/piv-algorithms.ts';
import { publicKeyOf, type PivPublicKey } from '../../../drivers/codec/piv-key.ts';
import { fromHex, toHex, type PinPolicy, type StoredKey } from './memory.ts';
import { inverse, signHash, toBytes, toNumber } from './raw-ecdsa.ts';

const ecName = { 'P-256': 'prime256v1', 'P-384': 'secp384r1' } as const;
const modulusBits = { 'RSA-2048': 2048, 'RSA-3072': 3072 } as const;
const scalarBytes = { 'P-256': 32, 'P-384': 48 } as const;

/** A new key pair of an algorithm. RSA takes its time, as on a card. */
export function generateKey(algorithm: PivKeyAlgorithm, pinPolicy: PinPolicy): StoredKey {
  const pair = isCurve(algorithm)
    ? generateKeyPairSync('ec', { namedCurve: ecName[algorithm] })
    : generateKeyPairSync('rsa', { modulusLength: modulusBits[algorithm] });
  return stored(pair.privateKey, algorithm, 'generated', pinPolicy);
}

/** The public half, as GENERATE gives it. */
export function publicKeyOfStored(key: StoredKey): PivPublicKey | null {
  return publicKeyOf(privateKeyOf(key));
}

/** The bare private operation: ECDSA over a hash, or the RSA power of a block of the modulus' length. Null when the input does not fit. */
export function signWith(key: StoredKey, input: Uint8Array): Uint8Array | null {
  const { algorithm } = key;
  if (isCurve(algorithm)) return input.length === 0 || input.length > scalarBytes[algorithm] ? null : signHash(algorithm, scalarOf(key), input);
  if (input.length !== modulusBits[algorithm] / 8) return null;
  try {
    return new Uint8Array(privateEncrypt({ key: privateKeyOf(key), padding: constants.RSA_NO_PADDING }, input));
  } catch {
    // The number is not below the modulus.
    return null;
  }
}

/** The x coordinate of the private key times a point (SP 800-56A, 5.7.1.2). Null when the point is not on the curve, or for RSA. */
export function agreeWith(key: StoredKey, point: Uint8Array): Uint8Array | null {
  const { algorithm } = key;
  if (!isCurve(algorithm)) return null;
  const ecdh = createECDH(ecName[algorithm]);
  ecdh.setPrivateKey(scalarOf(key));
  try {
    return new Uint8Array(ecdh.computeSecret(point));
  } catch {
    return null;
  }
}

/** A curve key from its private number; null when that is none of the curve's. */
export function importScalar(algorithm: 'P-256' | 'P-384', scalar: Uint8Array, pinPolicy: PinPolicy): StoredKey | null {
  if (scalar.length !== scalarBytes[algorithm]) return null;
  try {
    const ecdh = createECDH(ecName[algorithm]);
    ecdh.setPrivateKey(scalar);
    const point = ecdh.getPublicKey();
    const [x, y] = [point.subarray(1, 1 + scalar.length), point.subarray(1 + scalar.length)];
    return stored(fromJwk({ kty: 'EC', crv: algorithm, d: scalar, x, y }), algorithm, 'imported', pinPolicy);
  } catch {
    return null;
  }
}

/** An RSA key from its two primes, with the public exponent 65537 that PIV demands (SP 800-78-5, 3.1). */
export function importPrimes(algorithm: 'RSA-2048' | 'RSA-3072', p: Uint8Array, q: Uint8Array, pinPolicy: PinPolicy): StoredKey | null {
  const [first, second, e] = [toNumber(p), toNumber(q), 65537n];
  const n = first * second;
  if (first < 3n || second < 3n || toBytes(n).length !== modulusBits[algorithm] / 8) return null;
  const d = inverse(e, (first - 1n) * (second - 1n));
  const parts = { kty: 'RSA', n: toBytes(n), e: toBytes(e), d: toBytes(d), p: toBytes(first), q: toBytes(second), dp: toBytes(d % (first - 1n)), dq: toBytes(d % (second - 1n)), qi: toBytes(inverse(second, first)) };
  try {
    return stored(fromJwk(parts), algorithm, 'imported', pinPolicy);
  } catch {
    return null;
  }
}

export function isCurve(algorithm: PivKeyAlgorithm): algorithm is 'P-256' | 'P-384' {
  return algorithm === 'P-256' || algorithm === 'P-384';
}

function fromJwk(parts: Readonly<Record<string, string | Uint8Array>>): KeyObject {
  const entries = Object.entries(parts).map(([name, part]) => [name, typeof part === 'string' ? part : Buffer.from(part).toString('base64url')]);
  return createPrivateKey({ key: Object.fromEntries(entries), format: 'jwk' });
}

function stored(key: KeyObject, algorithm: PivKeyAlgorithm, origin: StoredKey['origin'], pinPolicy: PinPolicy): StoredKey {
  return { algorithm, pkcs8: toHex(key.export({ format: 'der', type: 'pkcs8' })), origin, pinPolicy };
}

function privateKeyOf(key: StoredKey): KeyObject {
  return createPrivateKey({ key: Buffer.from(key.pkcs8, 'hex'), format: 'der', type: 'pkcs8' });
}

function scalarOf(key: StoredKey): Uint8Array {
  const { d } = privateKeyOf(key).export({ format: 'jwk' });
  return d === undefined ? fromHex('') : new Uint8Array(Buffer.from(d, 'base64url'));
}
