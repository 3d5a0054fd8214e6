import 'reflect-metadata';
import { KeyObject, sign, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension, CertificatePolicyExtension, ExtendedKeyUsageExtension, ExtensionsAttribute, Extension, KeyUsageFlags, KeyUsagesExtension, Pkcs10CertificateRequest, X509CertificateGenerator, type X509Certificate,
} from '@peculiar/x509';
import { id_ce_subjectAltName } from '@peculiar/asn1-x509';
import type { ContentSigner } from '../../../drivers/contracts/content-signer.ts';
import type { IssuedCertificate, KnownAuthority } from '../../../drivers/contracts/certificate-authority.ts';
import { StationFault } from '../../../drivers/contracts/fault.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const notBefore = new Date('2026-01-01T00:00:00Z');
const authorityEnd = new Date('2040-01-01T00:00:00Z');
const subjectAlternativeName = '2.5.29.17';
const keyUsage = '2.5.29.15';
const certificatePolicies = '2.5.29.32';
const contentSigning = '2.16.840.1.101.3.6.7';

interface Signer {
  readonly certificate: X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

/** What a test lets the authority do wrong with the next request. */
export interface Misconduct {
  readonly subject?: string;
  readonly publicKey?: webcrypto.CryptoKey;
  readonly notAfter?: Date;
  readonly dropAlternativeName?: boolean;
  readonly policies?: readonly string[];
  readonly keyUsage?: KeyUsageFlags;
  readonly signer?: 'root';
  readonly fault?: StationFault;
}

/** A certificate authority with a root and an issuing key, in process: it verifies requests and really signs. */
export class SmallAuthority implements KnownAuthority {
  readonly #root: Signer;
  readonly #issuing: Signer;
  readonly issued: Uint8Array[] = [];
  misconduct: Misconduct = {};

  constructor(root: Signer, issuing: Signer) {
    this.#root = root;
    this.#issuing = issuing;
  }

  async chain(): Promise<readonly Uint8Array[]> {
    return [this.#issuing, this.#root].map(({ certificate }) => new Uint8Array(certificate.rawData));
  }

  async knownChain(): Promise<readonly Uint8Array[]> {
    return this.chain();
  }

  async enroll(request: Uint8Array): Promise<IssuedCertificate> {
    const wrong = this.misconduct;
    if (wrong.fault !== undefined) throw wrong.fault;
    const parsed = new Pkcs10CertificateRequest(request);
    if (!(await parsed.verify())) throw new StationFault('CA-REFUSED', { note: 'signature of the request' });
    const wanted = parsed.attributes.find((attribute): attribute is ExtensionsAttribute => attribute instanceof ExtensionsAttribute);
    const names = wrong.dropAlternativeName === true ? [] : (wanted?.items ?? []).filter(({ type }) => type === subjectAlternativeName);
    const signer = wrong.signer === 'root' ? this.#root : this.#issuing;
    const certificate = await X509CertificateGenerator.create({
      serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex'),
      subject: wrong.subject ?? parsed.subjectName,
      issuer: signer.certificate.subjectName,
      notBefore,
      notAfter: wrong.notAfter ?? new Date('2028-01-01T00:00:00Z'),
      signingAlgorithm: algorithm,
      publicKey: wrong.publicKey ?? parsed.publicKey,
      signingKey: signer.keys.privateKey,
      extensions: [usageOf(wanted, wrong), ...policiesOf(wanted, wrong), ...names.map(({ value }) => new Extension(id_ce_subjectAltName, false, value))],
    });
    const der = new Uint8Array(certificate.rawData);
    this.issued.push(der);
    return { certificate: der };
  }

  /** A content signer whose key lives in this process. `purpose` lets a test give it another use. */
  async contentSigner(purpose = contentSigning): Promise<ContentSigner> {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.create({
      serialNumber: 'c5', subject: 'C=SE,O=Kortverk Test,CN=Content Signer', issuer: this.#issuing.certificate.subjectName, notBefore, notAfter: authorityEnd,
      signingAlgorithm: algorithm, publicKey: keys.publicKey, signingKey: this.#issuing.keys.privateKey,
      extensions: [new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true), new ExtendedKeyUsageExtension([purpose], true)],
    });
    const key = KeyObject.from(keys.privateKey);
    return { certificate: new Uint8Array(certificate.rawData), sign: async (message) => new Uint8Array(sign('sha256', message, key)) };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** The policies asked for, or what the test wants instead. */
function policiesOf(wanted: ExtensionsAttribute | undefined, { policies }: Misconduct): readonly Extension[] {
  if (policies !== undefined) return policies.length === 0 ? [] : [new CertificatePolicyExtension([...policies], false)];
  return (wanted?.items ?? []).filter(({ type }) => type === certificatePolicies).map(({ value }) => new Extension(certificatePolicies, false, value));
}

/** The key usage asked for, or what the test wants instead. */
function usageOf(wanted: ExtensionsAttribute | undefined, wrong: Misconduct): Extension {
  const asked = wanted?.items.find(({ type }) => type === keyUsage);
  return wrong.keyUsage !== undefined || asked === undefined ? new KeyUsagesExtension(wrong.keyUsage ?? KeyUsageFlags.digitalSignature, true) : new Extension(keyUsage, true, asked.value);
}

/** Makes root and issuing authority. */
export async function openSmallAuthority(): Promise<SmallAuthority> {
  const rootKeys = await newKeys();
  const root = await X509CertificateGenerator.createSelfSigned({
    serialNumber: '01', name: 'CN=Test Root', notBefore, notAfter: authorityEnd, signingAlgorithm: algorithm, keys: rootKeys, extensions: authorityExtensions(),
  });
  const issuingKeys = await newKeys();
  const issuing = await X509CertificateGenerator.create({
    serialNumber: '02', subject: 'CN=Test Issuing', issuer: root.subjectName, notBefore, notAfter: authorityEnd, signingAlgorithm: algorithm,
    publicKey: issuingKeys.publicKey, signingKey: rootKeys.privateKey, extensions: authorityExtensions(),
  });
  return new SmallAuthority({ certificate: root, keys: rootKeys }, { certificate: issuing, keys: issuingKeys });
}

/** A key pair that no card has. */
export async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

function authorityExtensions(): Extension[] {
  return [new BasicConstraintsExtension(true, undefined, true), new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true)];
}
