import { createECDH } from 'node:crypto';
import { encodeNested, encodeTlv, joinBytes } from '../../../drivers/codec/ber-tlv.ts';

const curves = {
  'P-256': { name: 'prime256v1', bytes: 32, order: BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551') },
  'P-384': { name: 'secp384r1', bytes: 48, order: BigInt('0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973') },
} as const;

/**
 * ECDSA over a hash that was made elsewhere (FIPS 186-5, 6.4.1), which node:crypto does not offer: OpenSSL draws the
 * nonce and multiplies the base point as an ephemeral key pair, the rest is arithmetic modulo the order. Gives the DER
 * signature. Not in constant time: the key belongs to simulated plastic.
 */
export function signHash(curve: 'P-256' | 'P-384', privateScalar: Uint8Array, hash: Uint8Array): Uint8Array {
  const { name, bytes, order } = curves[curve];
  const e = toNumber(hash.subarray(0, bytes));
  const d = toNumber(privateScalar);
  for (;;) {
    const ephemeral = createECDH(name);
    const point = new Uint8Array(ephemeral.generateKeys());
    const k = toNumber(ephemeral.getPrivateKey());
    const r = toNumber(point.subarray(1, 1 + bytes)) % order;
    const s = (inverse(k, order) * (e + r * d)) % order;
    if (r !== 0n && s !== 0n) return encodeNested(0x30, encodeInteger(r), encodeInteger(s));
  }
}

/** The inverse of a number modulo another, by the extended Euclidean algorithm. */
export function inverse(value: bigint, modulus: bigint): bigint {
  let [before, rest] = [modulus, value % modulus];
  let [beforeFactor, factor] = [0n, 1n];
  while (rest !== 0n) {
    const quotient = before / rest;
    [before, rest] = [rest, before - quotient * rest];
    [beforeFactor, factor] = [factor, beforeFactor - quotient * factor];
  }
  return ((beforeFactor % modulus) + modulus) % modulus;
}

export function toNumber(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

/** Unsigned big-endian bytes without leading zeros. */
export function toBytes(value: bigint): Uint8Array {
  const hex = value.toString(16);
  return new Uint8Array(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex'));
}

function encodeInteger(value: bigint): Uint8Array {
  const bytes = toBytes(value);
  return encodeTlv(0x02, (bytes[0] ?? 0) >= 0x80 ? joinBytes(Uint8Array.of(0), bytes) : bytes);
}
