import { createCipheriv, createDecipheriv, timingSafeEqual } from 'node:crypto';
import { managementKeyShape, type ManagementKeyAlgorithm } from '../codec/piv-algorithms.ts';
import type { Secret } from '../contracts/secret.ts';

/** The block length of a management key's cipher. */
export function blockBytes(algorithm: ManagementKeyAlgorithm): number {
  return managementKeyShape[algorithm].blockBytes;
}

/** One block under the management key, as its authentication uses it (SP 800-73-5 part 2, A.1). */
export function encryptBlock(algorithm: ManagementKeyAlgorithm, key: Secret, block: Uint8Array): Uint8Array {
  return key.use((bytes) => {
    const cipher = createCipheriv(managementKeyShape[algorithm].cipher, bytes, null).setAutoPadding(false);
    return new Uint8Array(Buffer.concat([cipher.update(block), cipher.final()]));
  });
}

export function decryptBlock(algorithm: ManagementKeyAlgorithm, key: Secret, block: Uint8Array): Uint8Array {
  return key.use((bytes) => {
    const cipher = createDecipheriv(managementKeyShape[algorithm].cipher, bytes, null).setAutoPadding(false);
    return new Uint8Array(Buffer.concat([cipher.update(block), cipher.final()]));
  });
}

/** Comparison in constant time. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
