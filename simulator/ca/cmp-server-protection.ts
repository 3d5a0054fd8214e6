import { randomBytes, sign, timingSafeEqual, verify, X509Certificate } from 'node:crypto';
import { keyIdOf, subjectOf } from '../../drivers/codec/cmp-bodies.ts';
import { algorithmIdentifier, algorithmOid, passwordMac, passwordMacAlgorithm } from '../../drivers/codec/cmp-mac.ts';
import type { CmpMessage } from '../../drivers/codec/cmp-message.ts';
import type { CmpResponder } from './cmp-responder.ts';
import { registrationAuthorityUsage } from './identities.ts';

/** How the server tells its one kind of client, and how it protects its answers. */
export interface CmpServerProtection {
  /** Name (DER) that answers come from. */
  readonly sender: Uint8Array;
  /** DER, beside each answer. */
  readonly extraCertificates: readonly Uint8Array[];
  isOfClient(message: CmpMessage): boolean;
  /** For an answer to a message: algorithm and key identifier of the header. */
  headerFor(message: CmpMessage): { readonly algorithm: Uint8Array; readonly keyId: Uint8Array | null };
  protect(algorithm: Uint8Array, protectedPart: Uint8Array): Uint8Array;
}

const ecdsaWithSha256 = '2a8648ce3d040302';
const rsaWithSha256 = '2a864886f70d01010b';

/** By a secret shared with the one client, which names itself by a reference (RFC 4210, 5.1.3.1). */
export function secretProtection(issuer: Uint8Array, reference: string, secret: string): CmpServerProtection {
  const bytes = Buffer.from(secret);
  return {
    sender: subjectOf(issuer),
    extraCertificates: [],
    isOfClient({ header, protection, protectedPart }) {
      if (header.protectionAlgorithm === null || protection === null || Buffer.from(header.senderKeyId ?? []).toString('utf8') !== reference) return false;
      const wanted = passwordMac(header.protectionAlgorithm, protectedPart, bytes);
      return wanted !== null && wanted.length === protection.length && timingSafeEqual(wanted, protection);
    },
    headerFor: ({ header }) => ({ algorithm: passwordMacAlgorithm(randomBytes(16)), keyId: header.senderKeyId }),
    protect: (algorithm, part) => passwordMac(algorithm, part, bytes) ?? new Uint8Array(),
  };
}

/** By signatures on both sides (RFC 4210, 5.1.3.3): clients are registration authorities of the issuing authority, the responder signs for it. */
export function signedProtection(issuer: Uint8Array, { certificate, key }: CmpResponder): CmpServerProtection {
  return {
    sender: subjectOf(certificate),
    extraCertificates: [certificate, issuer],
    isOfClient(message) {
      const [client] = message.extraCertificates;
      return client !== undefined && isRegistrationAuthority(client, issuer) && isSignedBy(message, client);
    },
    headerFor: () => ({ algorithm: algorithmIdentifier(ecdsaWithSha256), keyId: keyIdOf(certificate) }),
    protect: (_algorithm, part) => new Uint8Array(sign('sha256', part, key)),
  };
}

function isRegistrationAuthority(der: Uint8Array, issuerDer: Uint8Array): boolean {
  const [certificate, issuer] = [readCertificate(der), readCertificate(issuerDer)];
  const purposes = certificate?.keyUsage as readonly string[] | undefined;
  return certificate !== null && issuer !== null && purposes?.includes(registrationAuthorityUsage) === true && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function isSignedBy({ header, protection, protectedPart }: CmpMessage, der: Uint8Array): boolean {
  const certificate = readCertificate(der);
  const algorithm = header.protectionAlgorithm === null ? '' : algorithmOid(header.protectionAlgorithm);
  if (certificate === null || protection === null || (algorithm !== ecdsaWithSha256 && algorithm !== rsaWithSha256)) return false;
  return verify('sha256', protectedPart, certificate.publicKey, protection);
}

function readCertificate(der: Uint8Array): X509Certificate | null {
  try {
    return new X509Certificate(der);
  } catch {
    // A client that shows no certificate is no client.
    return null;
  }
}
