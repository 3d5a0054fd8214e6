import { createPrivateKey, randomBytes, sign, timingSafeEqual, verify, X509Certificate, type KeyObject } from 'node:crypto';
import { keyIdOf, subjectOf } from '../codec/cmp-bodies.ts';
import { algorithmIdentifier, algorithmOid, passwordMac, passwordMacAlgorithm } from '../codec/cmp-mac.ts';
import type { CmpMessage } from '../codec/cmp-message.ts';
import { StationFault } from '../contracts/fault.ts';
import type { Secret } from '../contracts/secret.ts';
import { authoritiesUnder, isIssuedBy, readableCertificates } from './certificate-chain.ts';

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
const signatures: Readonly<Record<string, string>> = {
  '2a8648ce3d040302': 'sha256', '2a8648ce3d040303': 'sha384', '2a8648ce3d040304': 'sha512',
  '2a864886f70d01010b': 'sha256', '2a864886f70d01010c': 'sha384', '2a864886f70d01010d': 'sha512',
};
/** id-kp-cmcCA (RFC 6402, 2.10): who may answer for the authority beside the authority itself. */
const answersForAuthority = '1.3.6.1.5.5.7.3.27';

/**
 * Builds the protection from a credential. `trusted` are certificates of the authority (DER), one of its chain or more;
 * those under them may come with a message. `pinned` is the certificate that signs the answers, when it is neither the
 * authority itself nor marked as its responder. Throws `CFG-INVALID`.
 */
export function openCmpProtection(credential: CmpCredential, trusted: readonly Uint8Array[], pinned: Uint8Array | null): CmpProtection {
  const isSigned = (message: CmpMessage): boolean => isSignedByAuthority(message, trusted, pinned);
  if (credential.kind === 'secret') {
    const { reference, secret } = credential;
    return {
      sender: emptyName, senderKeyId: Buffer.from(reference, 'utf8'), extraCertificates: [],
      algorithm: () => passwordMacAlgorithm(randomBytes(16)),
      protect: (algorithm, part) => secret.use((bytes) => passwordMac(algorithm, part, bytes)) ?? new Uint8Array(),
      isAuthentic: (message) => hasMac(message, secret) || isSigned(message),
      [Symbol.dispose]: () => secret.wipe(),
    };
  }
  const { certificate, key } = readCredential(credential);
  return {
    sender: subjectOf(certificate), senderKeyId: keyIdOf(certificate), extraCertificates: [certificate],
    algorithm: () => (key.asymmetricKeyType === 'rsa' ? algorithmIdentifier('2a864886f70d01010b', Uint8Array.of(0x05, 0x00)) : algorithmIdentifier('2a8648ce3d040302')),
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

function hasMac({ header, protection, protectedPart }: CmpMessage, secret: Secret): boolean {
  if (header.protectionAlgorithm === null || protection === null) return false;
  const { protectionAlgorithm } = header;
  const wanted = secret.use((bytes) => passwordMac(protectionAlgorithm, protectedPart, bytes));
  return wanted !== null && wanted.length === protection.length && timingSafeEqual(wanted, protection);
}

/** A card's own certificate has the same issuer as a responder's, so the chain alone is not enough. */
function isSignedByAuthority(message: CmpMessage, trusted: readonly Uint8Array[], pinned: Uint8Array | null): boolean {
  const { header, protection, protectedPart, extraCertificates } = message;
  const hash = header.protectionAlgorithm === null ? undefined : signatures[algorithmOid(header.protectionAlgorithm)];
  if (hash === undefined || protection === null) return false;
  const authorities = authoritiesUnder(trusted, extraCertificates);
  const mayAnswer = pinned === null ? [...authorities, ...readableCertificates(extraCertificates).filter((one) => isResponder(one, authorities))] : [new X509Certificate(pinned)];
  return mayAnswer.some(({ publicKey }) => verifies(hash, protectedPart, publicKey, protection));
}

function isResponder(certificate: X509Certificate, authorities: readonly X509Certificate[]): boolean {
  // Node gives no list at all for a certificate without extended key usages.
  const purposes = certificate.keyUsage as readonly string[] | undefined;
  return purposes?.includes(answersForAuthority) === true && authorities.some((one) => isIssuedBy(certificate, one));
}

function verifies(hash: string, message: Uint8Array, key: KeyObject, signature: Uint8Array): boolean {
  try {
    return verify(hash, message, key, signature);
  } catch {
    // A key of another kind than the algorithm.
    return false;
  }
}
