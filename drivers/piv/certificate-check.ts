import { X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import { Certificate, SubjectAlternativeName, id_ce_subjectAltName } from '@peculiar/asn1-x509';
import { endOfDay } from './certificate-request.ts';
import type { PivSlotPlan } from './job.ts';
import { sameName, subjectName } from './subject-name.ts';

/** Why a certificate does not belong on the card. */
export type CertificateProblem =
  | 'cannot be read'
  | 'is for another key'
  | 'names another subject'
  | 'names another card'
  | 'is not of the chain'
  | 'is not valid now'
  | 'outlives the card';

/** What a certificate must agree with. `spki` is the public key of the slot (DER), `chain` the authority's certificates (DER), issuing first, root last; `now` is milliseconds since 1970. */
export interface CertificateExpectation {
  readonly plan: PivSlotPlan;
  readonly expiry: string;
  readonly spki: Uint8Array;
  readonly chain: readonly Uint8Array[];
  readonly now: number;
}

/** Clocks of authority and station may differ by this much. */
const skewMs = 5 * 60 * 1000;

/**
 * Holds an issued certificate against the key made on the card, the request and the authority's chain. Every problem
 * found, none when it belongs on the card. Pure.
 */
export function checkCertificate(der: Uint8Array, expected: CertificateExpectation): readonly CertificateProblem[] {
  const certificate = readCertificate(der);
  if (certificate === null) return ['cannot be read'];
  const { node, asn, uris } = certificate;
  const notAfter = Date.parse(node.validTo);
  const checks: readonly (readonly [CertificateProblem, boolean])[] = [
    ['is for another key', sameKey(node, expected.spki)],
    ['names another subject', sameName(asn.tbsCertificate.subject, subjectName(expected.plan.subject))],
    ['names another card', uris.includes(expected.plan.sanUri.toLowerCase())],
    ['is not of the chain', chainHolds(node, expected.chain, expected.now)],
    ['is not valid now', Date.parse(node.validFrom) <= expected.now + skewMs && notAfter > expected.now],
    ['outlives the card', notAfter <= endOfDay(expected.expiry).getTime()],
  ];
  return checks.filter(([, holds]) => !holds).map(([problem]) => problem);
}

/** The public key of a certificate (SPKI, DER), or null when it cannot be read. */
export function publicKeyOfCertificate(der: Uint8Array): Uint8Array | null {
  const certificate = readCertificate(der);
  return certificate === null ? null : spkiOf(certificate.node);
}

interface ReadCertificate {
  readonly node: X509Certificate;
  readonly asn: Certificate;
  /** The URIs of the subject alternative name, lower case. */
  readonly uris: readonly string[];
}

/** Reads a certificate with both readers; null when either refuses it or bytes are left over. */
function readCertificate(der: Uint8Array): ReadCertificate | null {
  try {
    const node = new X509Certificate(der);
    const asn = AsnConvert.parse(der, Certificate);
    return node.raw.equals(der) ? { node, asn, uris: urisOf(asn) } : null;
  } catch {
    // Whatever is wrong with the bytes, the answer is the same: this is no certificate.
    return null;
  }
}

function spkiOf(certificate: X509Certificate): Uint8Array {
  return new Uint8Array(certificate.publicKey.export({ format: 'der', type: 'spki' }));
}

function sameKey(certificate: X509Certificate, spki: Uint8Array): boolean {
  return Buffer.from(spkiOf(certificate)).equals(spki);
}

function urisOf(certificate: Certificate): readonly string[] {
  const extension = certificate.tbsCertificate.extensions?.find(({ extnID }) => extnID === id_ce_subjectAltName);
  if (extension === undefined) return [];
  const names = AsnConvert.parse(extension.extnValue, SubjectAlternativeName);
  return [...names].flatMap(({ uniformResourceIdentifier: uri }) => (uri === undefined ? [] : [uri.toLowerCase()]));
}

/** Each certificate is signed by the next, and the last by itself; all but the first are authorities and valid now. */
function chainHolds(leaf: X509Certificate, chain: readonly Uint8Array[], now: number): boolean {
  const authorities = chain.flatMap((der) => readCertificate(der)?.node ?? []);
  const root = authorities.at(-1);
  if (root === undefined || authorities.length !== chain.length) return false;
  const line = [leaf, ...authorities];
  const signed = line.every((certificate, index) => isSignedBy(certificate, line[index + 1] ?? root));
  return signed && authorities.every((authority) => authority.ca && Date.parse(authority.validFrom) <= now + skewMs && Date.parse(authority.validTo) > now);
}

function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
