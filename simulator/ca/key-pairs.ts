import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { PemConverter } from '@peculiar/x509';

/** ECDSA on P-256: small, quick, and enough for an authority that nobody outside this computer trusts. */
export const authorityAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export async function generateKeyPair(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(authorityAlgorithm, true, ['sign', 'verify']);
}

/** PKCS#8 in PEM. */
export async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

export async function importPrivateKey(pem: string): Promise<webcrypto.CryptoKey> {
  const [der] = PemConverter.decode(pem);
  if (der === undefined) throw new Error('no private key in the PEM text');
  return webcrypto.subtle.importKey('pkcs8', der, authorityAlgorithm, false, ['sign']);
}
