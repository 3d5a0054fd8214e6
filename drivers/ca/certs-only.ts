import { CertificateSet, ContentInfo, SignedData, id_signedData } from '@peculiar/asn1-cms';
import { AsnConvert } from '@peculiar/asn1-schema';
import { StationFault } from '../contracts/fault.ts';

const maxCertificates = 16;

/**
 * Reads the body of an EST answer: base64 of a certs-only CMS message (RFC 7030 section 4.1.3, RFC 5652 section 5).
 * Gives the certificates as DER, in the order of the message. Throws `CA-PROTOCOL` for anything else.
 */
export function parseCertsOnly(body: string): readonly Uint8Array[] {
  const message = decodeBase64(body);
  try {
    const content = AsnConvert.parse(message, ContentInfo);
    if (content.contentType !== id_signedData) throw new Error('not signed data');
    const signed = AsnConvert.parse(content.content, SignedData);
    if (signed.signerInfos.length > 0) throw new Error('certs-only message with signatures');
    return certificatesOf(signed.certificates ?? new CertificateSet(), message);
  } catch (error) {
    throw new StationFault('CA-PROTOCOL', { field: 'est', note: 'the answer is no certs-only message' }, error);
  }
}

function certificatesOf(set: CertificateSet, message: Buffer): readonly Uint8Array[] {
  if (set.length === 0 || set.length > maxCertificates) throw new Error(`${set.length} certificates in the message`);
  return set.map((choice) => {
    if (choice.certificate === undefined) throw new Error('not an X.509 certificate');
    const der = new Uint8Array(AsnConvert.serialize(choice.certificate));
    // A signature covers the sender's bytes, so a certificate that our encoder would write otherwise must not pass.
    if (!message.includes(Buffer.from(der))) throw new Error('the certificate is not in DER');
    return der;
  });
}

function decodeBase64(body: string): Buffer {
  const text = body.replace(/\s+/g, '');
  if (text.length === 0 || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) {
    throw new StationFault('CA-PROTOCOL', { field: 'est', note: 'the answer is not base64' });
  }
  return Buffer.from(text, 'base64');
}
