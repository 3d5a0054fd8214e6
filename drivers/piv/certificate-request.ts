import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto';
import { Attributes, CertificationRequest, CertificationRequestInfo } from '@peculiar/asn1-csr';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier, Attribute, CertificatePolicies, ExtendedKeyUsage, Extension, Extensions, GeneralName, KeyUsage, KeyUsageFlags, PolicyInformation, PrivateKeyUsagePeriod,
  SubjectAlternativeName, SubjectPublicKeyInfo, id_ce_certificatePolicies, id_ce_extKeyUsage, id_ce_keyUsage, id_ce_privateKeyUsagePeriod, id_ce_subjectAltName,
} from '@peculiar/asn1-x509';
import { encodeTlv } from '../codec/ber-tlv.ts';
import type { PivKeyAlgorithm } from '../codec/piv-algorithms.ts';
import { hashNameOf } from '../codec/piv-signature.ts';
import type { IssuedSlot, PivSlotPlan } from './job.ts';
import { subjectName } from './subject-name.ts';

/** id-ExtensionReq (RFC 2985, 5.4.2). */
const extensionRequest = '1.2.840.113549.1.9.14';
/** Certificate template name, by which Microsoft's authority, EJBCA and others pick their profile: a BMPString. */
const templateName = '1.3.6.1.4.1.311.20.2';

/** Who a key is for: 9A proves the holder, 9E the card (id-PIV-cardAuth), 9C signs mail and documents, 9D opens mail (FIPS 201-3, 4.2.2; RFC 9336). */
const keyPurposes: Readonly<Record<IssuedSlot, readonly string[]>> = {
  '9A': ['1.3.6.1.5.5.7.3.2'],
  '9C': ['1.3.6.1.5.5.7.3.4', '1.3.6.1.5.5.7.3.36'],
  '9D': ['1.3.6.1.5.5.7.3.4'],
  '9E': ['2.16.840.1.101.3.6.8'],
};

/** Signature algorithms with SHA-2 (RFC 5758, 3.2; RFC 4055, 5). RSA carries NULL parameters. */
const signatureAlgorithm: Readonly<Record<PivKeyAlgorithm, { readonly oid: string; readonly hasNull: boolean }>> = {
  'P-256': { oid: '1.2.840.10045.4.3.2', hasNull: false },
  'P-384': { oid: '1.2.840.10045.4.3.3', hasNull: false },
  'RSA-2048': { oid: '1.2.840.113549.1.1.11', hasNull: true },
  'RSA-3072': { oid: '1.2.840.113549.1.1.11', hasNull: true },
};
const asnNull = Uint8Array.of(0x05, 0x00).buffer;

/**
 * The part of a PKCS #10 request that the card signs (RFC 2986, 4.1), DER: subject, public key (SPKI, DER), and the
 * wanted extensions. `expiry` is the card's last day: no certificate may outlive it.
 */
export function requestInfo(plan: PivSlotPlan, spki: Uint8Array, expiry: string): Uint8Array {
  const info = new CertificationRequestInfo({
    subject: subjectName(plan.subject),
    subjectPKInfo: AsnConvert.parse(spki, SubjectPublicKeyInfo),
    attributes: new Attributes([new Attribute({ type: extensionRequest, values: [AsnConvert.serialize(wantedExtensions(plan, expiry))] })]),
  });
  return new Uint8Array(AsnConvert.serialize(info));
}

/** The whole request, DER. `info` goes in as the bytes that were signed. */
export function finishRequest(info: Uint8Array, algorithm: PivKeyAlgorithm, signature: Uint8Array): Uint8Array {
  const { oid, hasNull } = signatureAlgorithm[algorithm];
  const request = new CertificationRequest({
    certificationRequestInfo: AsnConvert.parse(info, CertificationRequestInfo),
    signatureAlgorithm: new AlgorithmIdentifier(hasNull ? { algorithm: oid, parameters: asnNull } : { algorithm: oid }),
    signature: Uint8Array.from(signature).buffer,
  });
  return new Uint8Array(AsnConvert.serialize(request));
}

/** Whether a signature of the card over a message verifies under a public key (SPKI, DER). */
export function signatureHolds(message: Uint8Array, algorithm: PivKeyAlgorithm, spki: Uint8Array, signature: Uint8Array): boolean {
  const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  return verifySignature(hashNameOf(algorithm), message, key, signature);
}

/** The subject key identifier of a public key (SPKI, DER), hex: SHA-1 over the key's bits, by which authorities find its certificates (RFC 5280, 4.2.1.2, method 1). */
export function subjectKeyId(spki: Uint8Array): string {
  return createHash('sha1').update(Buffer.from(AsnConvert.parse(spki, SubjectPublicKeyInfo).subjectPublicKey)).digest('hex');
}

/** The last instant of a calendar day, UTC. */
export function endOfDay(day: string): Date {
  return new Date(`${day}T23:59:59Z`);
}

/** What a key may do, as flags of KeyUsage (RFC 5280, 4.2.1.3): 9D agrees on keys or deciphers them, 9C also commits its holder. */
export function keyUsageOf({ slot, algorithm }: Pick<PivSlotPlan, 'slot' | 'algorithm'>): KeyUsageFlags {
  if (slot === '9D') return algorithm === 'P-256' || algorithm === 'P-384' ? KeyUsageFlags.keyAgreement : KeyUsageFlags.keyEncipherment;
  return slot === '9C' ? KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation : KeyUsageFlags.digitalSignature;
}

function wantedExtensions(plan: PivSlotPlan, expiry: string): Extensions {
  const alternativeName = new SubjectAlternativeName([new GeneralName({ uniformResourceIdentifier: plan.sanUri })]);
  return new Extensions([
    extension(id_ce_keyUsage, true, AsnConvert.serialize(new KeyUsage(keyUsageOf(plan)))),
    extension(id_ce_extKeyUsage, plan.slot === '9E', AsnConvert.serialize(new ExtendedKeyUsage([...keyPurposes[plan.slot]]))),
    extension(id_ce_subjectAltName, false, AsnConvert.serialize(alternativeName)),
    extension(id_ce_privateKeyUsagePeriod, false, AsnConvert.serialize(new PrivateKeyUsagePeriod({ notAfter: endOfDay(expiry) }))),
    extension(templateName, false, bmpString(plan.certificateProfile)),
    ...(plan.policies.length === 0 ? [] : [extension(id_ce_certificatePolicies, false, AsnConvert.serialize(policiesExtension(plan.policies)))]),
  ]);
}

/** RFC 5280, 4.2.1.4: object identifiers alone, without qualifiers. */
function policiesExtension(policies: readonly string[]): CertificatePolicies {
  return new CertificatePolicies(policies.map((policyIdentifier) => new PolicyInformation({ policyIdentifier })));
}

function extension(oid: string, critical: boolean, value: ArrayBuffer | Uint8Array): Extension {
  return new Extension({ extnID: oid, critical, extnValue: new OctetString(value) });
}

function bmpString(text: string): Uint8Array {
  return encodeTlv(0x1e, Buffer.from(text, 'utf16le').swap16());
}
