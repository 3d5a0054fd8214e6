import { AsnConvert } from '@peculiar/asn1-schema';
import { Certificate } from '@peculiar/asn1-x509';

const parsed = new WeakMap<Uint8Array, Certificate>();

/**
 * The fields of a certificate (DER, RFC 5280, 4.1). The same array is parsed once, for as long as it lives: a card asks for those of the
 * authority's chain and of the content signer dozens of times. Neither the bytes nor the fields may be changed. Throws when it is none.
 */
export function parseCertificate(der: Uint8Array): Certificate {
  const certificate = parsed.get(der) ?? AsnConvert.parse(der, Certificate);
  parsed.set(der, certificate);
  return certificate;
}
