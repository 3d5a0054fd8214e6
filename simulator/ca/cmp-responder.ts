import 'reflect-metadata';
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { randomSerial, type AuthorityIdentities } from './identities.ts';
import { authorityAlgorithm, generateKeyPair, privateKeyPem } from './key-pairs.ts';

/** id-kp-cmcCA (RFC 6402, 2.10): may answer in the authority's name. */
const answersForAuthority = '1.3.6.1.5.5.7.3.27';
const notBefore = new Date('2020-01-01T00:00:00Z');
const notAfter = new Date('2049-12-30T00:00:00Z');

/** Who signs the CMP answers of an authority. */
export interface CmpResponder {
  /** DER. */
  readonly certificate: Uint8Array;
  readonly key: KeyObject;
}

/** Reads the responder of a folder; makes it at the first time: a certificate of the issuing authority beside the authority's own key. */
export async function openCmpResponder(folder: string, identities: AuthorityIdentities): Promise<CmpResponder> {
  const file = join(folder, 'responder.pem');
  if (!existsSync(file)) await make(file, identities);
  const pem = await readFile(file, 'utf8');
  return { certificate: new Uint8Array(new x509.X509Certificate(pem).rawData), key: createPrivateKey(pem) };
}

/** Certificate and key in one file, which appears whole. */
async function make(file: string, { issuing, issuingKey }: AuthorityIdentities): Promise<void> {
  const keys = await generateKeyPair();
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomSerial(), subject: 'CN=Kortverk Simulated CMP Responder,O=Kortverk Simulator', issuer: issuing.subjectName, notBefore, notAfter,
    signingAlgorithm: authorityAlgorithm, publicKey: keys.publicKey, signingKey: issuingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([answersForAuthority]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuing.publicKey),
    ],
  });
  await writeFile(`${file}.new`, `${certificate.toString('pem')}\n${await privateKeyPem(keys.privateKey)}`, { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
}
