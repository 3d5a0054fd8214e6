import 'reflect-metadata';
import { CertificatePolicyExtension, ExtendedKeyUsageExtension, Extension, KeyUsageFlags, KeyUsagesExtension } from '@peculiar/x509';
import { id_ce_subjectAltName } from '@peculiar/asn1-x509';
import type { EnrolmentRequest } from './enrolment-request.ts';
import { registrationAuthorityUsage } from './identities.ts';

export type CertificateProfileName = 'piv-authentication' | 'card-authentication' | 'digital-signature' | 'key-management' | 'content-signing' | 'station';

interface CertificateProfile {
  /** Flags of KeyUsage that a request may have; one that names none of them gets the first. */
  readonly keyUsages: readonly number[];
  readonly extendedKeyUsages: readonly string[];
  readonly usagesCritical: boolean;
}

const { digitalSignature, nonRepudiation, keyAgreement, keyEncipherment } = KeyUsageFlags;
const clientAuth = '1.3.6.1.5.5.7.3.2';
const emailProtection = '1.3.6.1.5.5.7.3.4';
/** id-kp-documentSigning (RFC 9336). */
const documentSigning = '1.3.6.1.5.5.7.3.36';
/** id-PIV-content-signing (FIPS 201-3 section 4.2.1). */
const contentSigning = '2.16.840.1.101.3.6.7';
const smartcardLogon = '1.3.6.1.4.1.311.20.2.2';
/** id-PIV-cardAuth: the key may be used by whoever holds the card (FIPS 201-3 section 4.2.2.3). */
export const cardAuthenticationUsage = '2.16.840.1.101.3.6.8';

const profiles: Readonly<Record<CertificateProfileName, CertificateProfile>> = {
  'piv-authentication': { keyUsages: [digitalSignature], extendedKeyUsages: [clientAuth, smartcardLogon], usagesCritical: false },
  'card-authentication': { keyUsages: [digitalSignature], extendedKeyUsages: [cardAuthenticationUsage], usagesCritical: true },
  'digital-signature': { keyUsages: [digitalSignature | nonRepudiation], extendedKeyUsages: [emailProtection, documentSigning], usagesCritical: false },
  'key-management': { keyUsages: [keyAgreement, keyEncipherment], extendedKeyUsages: [emailProtection], usagesCritical: false },
  'content-signing': { keyUsages: [digitalSignature], extendedKeyUsages: [contentSigning], usagesCritical: true },
  'station': { keyUsages: [digitalSignature], extendedKeyUsages: [clientAuth, registrationAuthorityUsage], usagesCritical: false },
};

/** The profile for a request: by the key usages it asks for; the holder's own key when it names none. */
export function requestedProfile({ extendedKeyUsages, keyUsage }: EnrolmentRequest): CertificateProfileName {
  if (extendedKeyUsages.includes(cardAuthenticationUsage)) return 'card-authentication';
  if (extendedKeyUsages.includes(contentSigning)) return 'content-signing';
  if ((keyUsage & (keyAgreement | keyEncipherment)) !== 0) return 'key-management';
  return (keyUsage & nonRepudiation) !== 0 ? 'digital-signature' : 'piv-authentication';
}

/** The extensions that a profile puts into a certificate; alternative name and policies are taken over from the request. */
export function profileExtensions(name: CertificateProfileName, request: EnrolmentRequest): Extension[] {
  const { extendedKeyUsages, usagesCritical, keyUsages } = profiles[name];
  const keyUsage = keyUsages.find((flags) => flags === request.keyUsage) ?? keyUsages[0] ?? digitalSignature;
  const extensions: Extension[] = [
    new KeyUsagesExtension(keyUsage, true),
    new ExtendedKeyUsageExtension([...extendedKeyUsages], usagesCritical),
  ];
  if (request.alternativeName !== undefined) extensions.push(new Extension(id_ce_subjectAltName, false, request.alternativeName));
  if (request.policies.length > 0) extensions.push(new CertificatePolicyExtension([...request.policies], false));
  return extensions;
}
