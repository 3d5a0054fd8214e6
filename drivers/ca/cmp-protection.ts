import { createHash, createHmac, createPrivateKey, randomBytes, sign, timingSafeEqual, verify, X509Certificate, type KeyObject } from 'node:crypto';
import { encodeTlv, joinBytes, parseTlvs } from '../codec/ber-tlv.ts';
import { keyIdOf, subjectOf } from '../codec/cmp-bodies.ts';
import { childrenOf, type CmpMessage } from '../codec/cmp-message.ts';
import { StationFault } from '../contracts/fault.ts';
import type { Secret } from '../contracts/secret.ts';

/** Who we are to the authority: a reference and a secret shared with it, or a certificate with its key (PEM). */
export type CmpCredential =
  | { readonly kind: 'secret'; readonly reference: string; readonly secret: Secret }
  | { readonly kind: 'certificate'; readonly certificatePem: string; readonly key: Secret };

/** How messages are protected on the way out and checked on the way in. */
export interface CmpProtection extends Disposable {
  /** Our name (DER), key identifier and certificates beside each message. */
  readonly sender: Uint8Array;
  readonly senderKeyId: Uint8Array | null;
  readonly extraCertificates: readonly Uint8Array[];
  /** AlgorithmIdentifier for the next message; a MAC has a salt of its own each time. */
  algorithm(): Uint8Array;
  protect(algorithm: Uint8Array, protectedPart: Uint8Array): Uint8Array;
  /** Whether a message comes from the authority. */
  isAuthentic(message: CmpMessage): boolean;
}

const emptyName = Uint8Array.of(0x30, 0x00);
const pbmOid = '2a864886f67d07420d';
const sha256Oid = '608648016503040201';
const hmacSha256Oid = '2a864886f70d0209';
const hashes: Readonly<Record<string, string>> = { '2b0e03021a': 'sha1', [sha256Oid]: 'sha256', '608648016503040202': 'sha384', '608648016503040203': 'sha512' };
const macs: Readonly<Record<string, string>> = { '2b06010505080102': 'sha1', '2a864886f70d0207': 'sha1', [hmacSha256Oid]: 'sha256', '2a864886f70d020a': 'sha384', '2a864886f70d020b': 'sha512' };
const signatures: Readonly<Record<string, string>> = {
  '2a8648ce3d040302': 'sha256', '2a8648ce3d040303': 'sha384', '2a8648ce3d040304': 'sha512',
  '2a864886f70d01010b': 'sha256', '2a864886f70d01010c': 'sha384', '2a864886f70d01010d': 'sha512',
};
/** id-kp-cmcCA (RFC 6402, 2.10): who may answer for the authority beside the authority itself. */
const answersForAuthority = '1.3.6.1.5.5.7.3.27';
const iterations = 1000;
/** More would let a forged answer keep us busy (RFC 9481, 6.1.1 counts in ten thousands). */
const mostIterations = 100_000;

/**
 * Builds the protection from a credential. `chain` are the authority's certificates (DER), `pinned` the certificate that
 * signs its answers, when it is neither the authority itself nor marked as its responder. Throws `CFG-INVALID`.
 */
export function openCmpProtection(credential: CmpCredential, chain: readonly Uint8Array[], pinned: Uint8Array | null): CmpProtection {
  const isSigned = (message: CmpMessage): boolean => isSignedByAuthority(message, chain, pinned);
  if (credential.kind === 'secret') {
    const { reference, secret } = credential;
    return {
      sender: emptyName, senderKeyId: Buffer.from(reference, 'utf8'), extraCertificates: [],
      algorithm: () => passwordMac(randomBytes(16)),
      protect: (algorithm, part) => macOf(algorithm, part, secret) ?? new Uint8Array(),
      isAuthentic: (message) => hasMac(message, secret) || isSigned(message),
      [Symbol.dispose]: () => secret.wipe(),
    };
  }
  const { certificate, key } = readCredential(credential);
  return {
    sender: subjectOf(certificate), senderKeyId: keyIdOf(certificate), extraCertificates: [certificate],
    algorithm: () => (key.asymmetricKeyType === 'rsa' ? identifier('2a864886f70d01010b', Uint8Array.of(0x05, 0x00)) : identifier('2a8648ce3d040302')),
    protect: (_algorithm, part) => new Uint8Array(sign('sha256', part, key)),
    isAuthentic: isSigned,
    [Symbol.dispose]: () => undefined,
  };
}

function readCredential(credential: Extract<CmpCredential, { kind: 'certificate' }>): { readonly certificate: Uint8Array; readonly key: KeyObject } {
  try {
    const certificate = new X509Certificate(credential.certificatePem);
    const key = credential.key.use((bytes) => createPrivateKey(Buffer.from(bytes)));
    if (!certificate.checkPrivateKey(key)) throw new Error('the key is not of the certificate');
    return { certificate: new Uint8Array(certificate.raw), key };
  } catch (error) {
    throw new StationFault('CFG-INVALID', { field: 'ca', note: 'certificate or key of the CMP client' }, error);
  } finally {
    credential.key.wipe();
  }
}

/** PBMParameter with SHA-256 and HMAC-SHA-256 (RFC 4210, 5.1.3.1; RFC 9481, 6.1.1). */
function passwordMac(salt: Uint8Array): Uint8Array {
  const count = encodeTlv(0x02, Uint8Array.of(iterations >> 8, iterations & 0xff));
  const parameters = encodeTlv(0x30, joinBytes(encodeTlv(0x04, salt), identifier(sha256Oid), count, identifier(hmacSha256Oid)));
  return identifier(pbmOid, parameters);
}

/** The MAC of a message under a shared secret; null for an algorithm that is none of ours. */
function macOf(algorithm: Uint8Array, protectedPart: Uint8Array, secret: Secret): Uint8Array | null {
  const [oid, parameters] = childrenOf(algorithm, 0x30) ?? [];
  const [salt, owf, count, mac] = parameters?.tag === 0x30 ? (parseTlvs(parameters.value) ?? []) : [];
  const [hash, macHash] = [hashes[oidOf(owf?.value)], macs[oidOf(mac?.value)]];
  const rounds = count === undefined || count.value.length > 4 || count.value.length === 0 ? 0 : Buffer.from(count.value).readUIntBE(0, count.value.length);
  if (hexOf(oid?.value) !== pbmOid || salt === undefined || hash === undefined || macHash === undefined || rounds < 1 || rounds > mostIterations) return null;
  let key = secret.use((bytes) => createHash(hash).update(bytes).update(salt.value).digest());
  for (let round = 1; round < rounds; round += 1) key = createHash(hash).update(key).digest();
  const result = createHmac(macHash, key).update(protectedPart).digest();
  key.fill(0);
  return new Uint8Array(result);
}

function hasMac({ header, protection, protectedPart }: CmpMessage, secret: Secret): boolean {
  if (header.protectionAlgorithm === null || protection === null) return false;
  const wanted = macOf(header.protectionAlgorithm, protectedPart, secret);
  return wanted !== null && wanted.length === protection.length && timingSafeEqual(wanted, protection);
}

/** A card's own certificate has the same issuer as a responder's, so the chain alone is not enough. */
function isSignedByAuthority(message: CmpMessage, chain: readonly Uint8Array[], pinned: Uint8Array | null): boolean {
  const { header, protection, protectedPart } = message;
  const [oid] = header.protectionAlgorithm === null ? [] : (childrenOf(header.protectionAlgorithm, 0x30) ?? []);
  const hash = signatures[hexOf(oid?.value)];
  if (hash === undefined || protection === null) return false;
  const authorities = chain.map((der) => new X509Certificate(der));
  const trusted = pinned === null ? [...authorities, ...readable(message.extraCertificates).filter((one) => isResponder(one, authorities))] : [new X509Certificate(pinned)];
  return trusted.some(({ publicKey }) => verifies(hash, protectedPart, publicKey, protection));
}

function isResponder(certificate: X509Certificate, authorities: readonly X509Certificate[]): boolean {
  // Node gives no list at all for a certificate without extended key usages.
  const purposes = certificate.keyUsage as readonly string[] | undefined;
  return purposes?.includes(answersForAuthority) === true && authorities.some((one) => certificate.checkIssued(one) && certificate.verify(one.publicKey));
}

function readable(certificates: readonly Uint8Array[]): readonly X509Certificate[] {
  return certificates.flatMap((der) => {
    try {
      return [new X509Certificate(der)];
    } catch {
      // What is no certificate has signed nothing.
      return [];
    }
  });
}

function verifies(hash: string, message: Uint8Array, key: KeyObject, signature: Uint8Array): boolean {
  try {
    return verify(hash, message, key, signature);
  } catch {
    // A key of another kind than the algorithm.
    return false;
  }
}

function identifier(oidHex: string, parameters: Uint8Array = new Uint8Array()): Uint8Array {
  return encodeTlv(0x30, joinBytes(encodeTlv(0x06, Buffer.from(oidHex, 'hex')), parameters));
}

/** The object identifier (hex) at the head of an AlgorithmIdentifier's contents. */
function oidOf(contents: Uint8Array | undefined): string {
  const [oid] = contents === undefined ? [] : (parseTlvs(contents) ?? []);
  return hexOf(oid?.value);
}

function hexOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('hex');
}
