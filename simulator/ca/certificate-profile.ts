import 'reflect-metadata';
import { ExtendedKeyUsageExtension, Extension, KeyUsageFlags, KeyUsagesExtension } from '@peculiar/x509';
import { id_ce_subjectAltName } from '@peculiar/asn1-x509';
import type { EnrolmentRequest } from './enrolment-request.ts';
import { registrationAuthorityUsage } from './identities.ts';

export type CertificateProfileName = 'piv-authentication' | 'card-authentication' | 'station';

interface CertificateProfile {
  readonly extendedKeyUsages: readonly string[];
  readonly usagesCritical: boolean;
}

const clientAuth = '1.3.6.1.5.5.7.3.2';
const smartcardLogon = '1.3.6.1.4.1.311.20.2.2';
/** id-PIV-cardAuth: the key may be used by whoever holds the card (FIPS 201-3 section 4.2.2.3). */
export const cardAuthenticationUsage = '2.16.840.1.101.3.6.8';

const profiles: Readonly<Record<CertificateProfileName, CertificateProfile>> = {
  'piv-authentication': { extendedKeyUsages: [clientAuth, smartcardLogon], usagesCritical: false },
  'card-authentication': { extendedKeyUsages: [cardAuthenticationUsage], usagesCritical: true },
  'station': { extendedKeyUsages: [clientAuth, registrationAuthorityUsage], usagesCritical: false },
};

/** The profile for a card's request: by the extended key usage it asks for; the holder's own key when it names none. */
export function cardProfile(request: EnrolmentRequest): CertificateProfileName {
  return request.extendedKeyUsages.includes(cardAuthenticationUsage) ? 'card-authentication' : 'piv-authentication';
}

/** The extensions that a profile puts into a certificate; the alternative name is taken over from the request. */
export function profileExtensions(name: CertificateProfileName, request: EnrolmentRequest): Extension[] {
  const { extendedKeyUsages, usagesCritical } = profiles[name];
  const extensions: Extension[] = [
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([...extendedKeyUsages], usagesCritical),
  ];
  if (request.alternativeName !== undefined) extensions.push(new Extension(id_ce_subjectAltName, false, request.alternativeName));
  return extensions;
}
