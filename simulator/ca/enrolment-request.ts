import 'reflect-metadata';
import { createPublicKey } from 'node:crypto';
import { CertificationRequest } from '@peculiar/asn1-csr';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  CertificatePolicies, ExtendedKeyUsage, Extensions, KeyUsage, PrivateKeyUsagePeriod,
  id_ce_certificatePolicies, id_ce_extKeyUsage, id_ce_keyUsage, id_ce_privateKeyUsagePeriod, id_ce_subjectAltName,
} from '@peculiar/asn1-x509';
import { Pkcs10CertificateRequest } from '@peculiar/x509';

/** `id-ExtensionReq`, the PKCS#9 attribute that carries the wanted extensions (RFC 2985 section 5.4.2). */
const extensionRequestType = '1.2.840.113549.1.9.14';

/** What a certificate request asks for, as far as this authority listens. All encoded parts are DER. */
export interface EnrolmentRequest {
  readonly subject: Buffer;
  readonly subjectText: string;
  readonly publicKey: Buffer;
  readonly extendedKeyUsages: readonly string[];
  /** Flags of KeyUsage (RFC 5280 section 4.2.1.3), 0 when it names none. */
  readonly keyUsage: number;
  /** Object identifiers of the policies, none when it names none. */
  readonly policies: readonly string[];
  /** The value of the subjectAltName extension. */
  readonly alternativeName: Buffer | undefined;
  /** The wanted end of validity, taken from privateKeyUsagePeriod: PKCS#10 has no field of its own for it. */
  readonly notAfter: Date | undefined;
}

export type ReadRequest =
  | { readonly kind: 'request'; readonly request: EnrolmentRequest }
  | { readonly kind: 'refused'; readonly reason: string };

/** Reads a PKCS#10 request (DER) and checks its proof of possession and its key. */
export async function readEnrolmentRequest(der: Buffer): Promise<ReadRequest> {
  try {
    const csr = new Pkcs10CertificateRequest(der);
    if (!(await csr.verify())) return { kind: 'refused', reason: 'the signature of the request does not verify' };
    const request = wishesOf(csr);
    const weakness = keyWeakness(request.publicKey);
    return weakness === undefined ? { kind: 'request', request } : { kind: 'refused', reason: weakness };
  } catch (error) {
    return { kind: 'refused', reason: `the request cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function wishesOf(csr: Pkcs10CertificateRequest): EnrolmentRequest {
  const parsed = AsnConvert.parse(csr.rawData, CertificationRequest).certificationRequestInfo;
  const wanted = parsed.attributes.find((attribute) => attribute.type === extensionRequestType)?.values[0];
  const extensions = wanted === undefined ? [] : [...AsnConvert.parse(wanted, Extensions)];
  const valueOf = (oid: string): ArrayBuffer | undefined => extensions.find((extension) => extension.extnID === oid)?.extnValue.buffer;
  const usages = valueOf(id_ce_extKeyUsage);
  const keyUsage = valueOf(id_ce_keyUsage);
  const period = valueOf(id_ce_privateKeyUsagePeriod);
  const alternativeName = valueOf(id_ce_subjectAltName);
  const policies = valueOf(id_ce_certificatePolicies);
  return {
    subject: Buffer.from(csr.subjectName.toArrayBuffer()),
    subjectText: csr.subject,
    publicKey: Buffer.from(csr.publicKey.rawData),
    extendedKeyUsages: usages === undefined ? [] : [...AsnConvert.parse(usages, ExtendedKeyUsage)],
    keyUsage: keyUsage === undefined ? 0 : AsnConvert.parse(keyUsage, KeyUsage).toNumber(),
    policies: policies === undefined ? [] : [...AsnConvert.parse(policies, CertificatePolicies)].map(({ policyIdentifier }) => policyIdentifier),
    alternativeName: alternativeName === undefined ? undefined : Buffer.from(alternativeName),
    notAfter: period === undefined ? undefined : AsnConvert.parse(period, PrivateKeyUsagePeriod).notAfter,
  };
}

const curves: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1']);

/** Key types of SP 800-78-5 table 1: P-256, P-384, RSA from 2048 bits. */
function keyWeakness(spki: Buffer): string | undefined {
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa') return modulusLength >= 2048 ? undefined : `RSA key of ${modulusLength} bits`;
  if (key.asymmetricKeyType === 'ec') return curves.has(namedCurve) ? undefined : `curve ${namedCurve}`;
  return `key type ${key.asymmetricKeyType ?? 'unknown'}`;
}
