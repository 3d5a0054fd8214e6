import { createHash } from 'node:crypto';
import type { PivKeyAlgorithm } from './piv-algorithms.ts';
import { joinBytes } from './ber-tlv.ts';

/** DER head of DigestInfo for SHA-256 (RFC 8017, 9.2 note 1). */
const sha256DigestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/** The hash that goes with a key: as strong as the curve; SHA-256 for RSA (SP 800-78-5, table 5). */
export function hashNameOf(algorithm: PivKeyAlgorithm): 'sha256' | 'sha384' {
  return algorithm === 'P-384' ? 'sha384' : 'sha256';
}

/**
 * What the card is sent to sign a message: the bare hash for an elliptic curve; for RSA the hash as DigestInfo with
 * the whole PKCS #1 v1.5 padding, because the card computes the bare power (RFC 8017, 9.2; SP 800-73-5 part 2, A.4).
 */
export function signatureInput(message: Uint8Array, algorithm: PivKeyAlgorithm): Uint8Array {
  const hash = createHash(hashNameOf(algorithm)).update(message).digest();
  switch (algorithm) {
    case 'P-256':
    case 'P-384':
      return new Uint8Array(hash);
    case 'RSA-2048':
      return padPkcs1(hash, 256);
    case 'RSA-3072':
      return padPkcs1(hash, 384);
  }
}

function padPkcs1(hash: Uint8Array, modulusBytes: number): Uint8Array {
  const filling = new Uint8Array(modulusBytes - 3 - sha256DigestInfo.length - hash.length).fill(0xff);
  return joinBytes(Uint8Array.of(0x00, 0x01), filling, Uint8Array.of(0x00), sha256DigestInfo, hash);
}
