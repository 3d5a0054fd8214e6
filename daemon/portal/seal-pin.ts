import { readFile } from 'node:fs/promises';
import { CompactEncrypt, importJWK, type CryptoKey, type JWK } from 'jose';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { Secret } from '../../drivers/contracts/secret.ts';

/** Seals a card's PIN so that only the portal can open it. */
export interface PinSealer {
  /** Compact JWE (RFC 7516, ECDH-ES+A256KW, A256GCM) over `{"cardNumber":"…","pin":"…"}`. Throws `KEY-PIN-HANDOVER`. */
  seal(pin: Secret, cardNumber: string): Promise<string>;
}

/** Reads the portal's public key (JWK, P-256). Throws `CFG-INVALID` when the file is no such key. */
export async function openPinSealer(keyFile: string): Promise<PinSealer> {
  const { key, kid } = await readPortalKey(keyFile);
  return { seal: (pin, cardNumber) => sealPin(key, kid, pin, cardNumber) };
}

async function readPortalKey(keyFile: string): Promise<{ readonly key: CryptoKey; readonly kid: string }> {
  try {
    const jwk = JSON.parse(await readFile(keyFile, 'utf8')) as JWK;
    if (jwk.kty !== 'EC' || 'd' in jwk) throw new Error('not a public EC key');
    const key = await importJWK(jwk, 'ECDH-ES+A256KW');
    if (key instanceof Uint8Array) throw new Error('not a public EC key');
    return { key, kid: jwk.kid ?? 'portal' };
  } catch (error) {
    throw new StationFault('CFG-INVALID', { field: 'portalKeyFile', note: 'not a public P-256 key in JWK form' }, error);
  }
}

async function sealPin(key: CryptoKey, kid: string, pin: Secret, cardNumber: string): Promise<string> {
  const plain = pin.use((digits) => Buffer.from(JSON.stringify({ cardNumber, pin: Buffer.from(digits).toString('latin1') })));
  try {
    return await new CompactEncrypt(plain).setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid }).encrypt(key);
  } catch (error) {
    throw new StationFault('KEY-PIN-HANDOVER', {}, error);
  } finally {
    plain.fill(0);
  }
}
