import { Attributes, CertificationRequest, CertificationRequestInfo } from '@peculiar/asn1-csr';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier, Attribute, ExtendedKeyUsage, Extension, Extensions, KeyUsage, KeyUsageFlags, SubjectPublicKeyInfo, id_ce_extKeyUsage, id_ce_keyUsage,
} from '@peculiar/asn1-x509';
import { contentSigningOid, isContentSigner, publicKeyOfCertificate } from './certificate-check.ts';
import type { SubjectPart } from './job.ts';
import { subjectName } from './subject-name.ts';

const extensionRequest = '1.2.840.113549.1.9.14';
const ecdsaWithSha256 = '1.2.840.10045.4.3.2';

/** A PKCS #10 request (DER) for a content signing certificate; `sign` is ECDSA with SHA-256, DER, by the key of `spki`. */
export async function contentSignerRequest(subject: readonly SubjectPart[], spki: Uint8Array, sign: (message: Uint8Array) => Promise<Uint8Array>): Promise<Uint8Array> {
  const wanted = new Extensions([
    new Extension({ extnID: id_ce_keyUsage, critical: true, extnValue: new OctetString(AsnConvert.serialize(new KeyUsage(KeyUsageFlags.digitalSignature))) }),
    new Extension({ extnID: id_ce_extKeyUsage, critical: true, extnValue: new OctetString(AsnConvert.serialize(new ExtendedKeyUsage([contentSigningOid]))) }),
  ]);
  const info = new CertificationRequestInfo({
    subject: subjectName(subject),
    subjectPKInfo: AsnConvert.parse(spki, SubjectPublicKeyInfo),
    attributes: new Attributes([new Attribute({ type: extensionRequest, values: [AsnConvert.serialize(wanted)] })]),
  });
  const signature = await sign(new Uint8Array(AsnConvert.serialize(info)));
  const request = new CertificationRequest({
    certificationRequestInfo: info,
    signatureAlgorithm: new AlgorithmIdentifier({ algorithm: ecdsaWithSha256 }),
    signature: Uint8Array.from(signature).buffer,
  });
  return new Uint8Array(AsnConvert.serialize(request));
}

/** Whether a certificate (DER) is a content signer's of this authority (DER, issuing first, root last) for this key (SPKI). */
export function isSignerOf(certificate: Uint8Array, spki: Uint8Array, chain: readonly Uint8Array[], now: number): boolean {
  return Buffer.from(publicKeyOfCertificate(certificate) ?? []).equals(spki) && isContentSigner(certificate, chain, now);
}
