import { X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  type Certificate, CertificatePolicies, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName, id_ce_certificatePolicies, id_ce_extKeyUsage, id_ce_keyUsage, id_ce_subjectAltName,
} from '@peculiar/asn1-x509';
import { parseCertificate } from '../codec/x509-certificate.ts';
import { endOfDay, keyUsageOf } from './certificate-request.ts';
import type { PivSlotPlan } from './job.ts';
import { sameName, subjectName } from './subject-name.ts';

/** Why a certificate does not belong on the card. */
export type CertificateProblem =
  | 'cannot be read'
  | 'is for another key'
  | 'names another subject'
  | 'names another card'
  | 'is for another use'
  | 'carries other policies'
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
    ['is for another use', mayDo(asn, keyUsageOf(expected.plan))],
    ['carries other policies', carries(asn, expected.plan.policies)],
    ['is not of the chain', chainHolds(node, expected.chain, expected.now)],
    ['is not valid now', Date.parse(node.validFrom) <= expected.now + skewMs && notAfter > expected.now],
    ['outlives the card', notAfter <= endOfDay(expected.expiry).getTime()],
  ];
  return checks.filter(([, holds]) => !holds).map(([problem]) => problem);
}

/** id-PIV-content-signing (FIPS 201-3, 4.2.1). */
export const contentSigningOid = '2.16.840.1.101.3.6.7';

/** Whether a certificate (DER) is one of a content signer: of the authority's chain (issuing first, root last), valid now, and for that use. */
export function isContentSigner(der: Uint8Array, chain: readonly Uint8Array[], now: number): boolean {
  const certificate = readCertificate(der);
  if (certificate === null) return false;
  const { node, asn } = certificate;
  const isValid = Date.parse(node.validFrom) <= now + skewMs && Date.parse(node.validTo) > now;
  const purposes = extensionOf(asn, id_ce_extKeyUsage);
  return isValid && purposes !== null && [...AsnConvert.parse(purposes, ExtendedKeyUsage)].includes(contentSigningOid) && chainHolds(node, chain, now);
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
    const asn = parseCertificate(der);
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

/** A certificate without a key usage may do everything (RFC 5280, 4.2.1.3). */
function mayDo(certificate: Certificate, wanted: number): boolean {
  const usage = extensionOf(certificate, id_ce_keyUsage);
  return usage === null || (AsnConvert.parse(usage, KeyUsage).toNumber() & wanted) === wanted;
}

/** Exactly the policies that were asked for; where none was, the authority decides. */
function carries(certificate: Certificate, wanted: readonly string[]): boolean {
  if (wanted.length === 0) return true;
  const extension = extensionOf(certificate, id_ce_certificatePolicies);
  const found = extension === null ? [] : [...AsnConvert.parse(extension, CertificatePolicies)].map(({ policyIdentifier }) => policyIdentifier);
  return found.length === wanted.length && wanted.every((policy) => found.includes(policy));
}

function extensionOf(certificate: Certificate, oid: string): ArrayBuffer | null {
  return certificate.tbsCertificate.extensions?.find(({ extnID }) => extnID === oid)?.extnValue.buffer ?? null;
}

function urisOf(certificate: Certificate): readonly string[] {
  const extension = extensionOf(certificate, id_ce_subjectAltName);
  if (extension === null) return [];
  const names = AsnConvert.parse(extension, SubjectAlternativeName);
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
