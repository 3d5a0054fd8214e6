import 'reflect-metadata';
import { randomBytes, type webcrypto } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { authorityAlgorithm, generateKeyPair, importPrivateKey, privateKeyPem } from './key-pairs.ts';

/** EKU of a client that may ask for certificates of others: id-kp-cmcRA (RFC 6402 section 2.10, RFC 7030 section 3.7). */
export const registrationAuthorityUsage = '1.3.6.1.5.5.7.3.28';
const clientAuthUsage = '1.3.6.1.5.5.7.3.2';
const serverAuthUsage = '1.3.6.1.5.5.7.3.1';

/** Files of the authority's folder. */
export const identityFiles = {
  root: 'root.pem', rootKey: 'root-key.pem',
  issuing: 'issuing.pem', issuingKey: 'issuing-key.pem',
  server: 'server.pem', serverKey: 'server-key.pem',
  station: 'station.pem', stationKey: 'station-key.pem',
} as const;

/** What the running authority needs. The root's key stays in its file. */
export interface AuthorityIdentities {
  readonly root: x509.X509Certificate;
  readonly issuing: x509.X509Certificate;
  readonly issuingKey: webcrypto.CryptoKey;
  readonly serverPem: string;
  readonly serverKeyPem: string;
  readonly station: x509.X509Certificate;
}

interface Signer {
  readonly certificate: x509.X509Certificate;
  readonly key: webcrypto.CryptoKey;
}

/**
 * Reads the authority's certificates and keys from `folder`, and makes them first when the folder is not there:
 * root, issuing authority, the server's certificate for loopback, and the station's enrolment certificate. They appear
 * all at once, so that a start that was cut short leaves nothing half made.
 */
export async function openIdentities(folder: string): Promise<AuthorityIdentities> {
  if (!existsSync(folder)) await makeAtOnce(folder);
  const text = (name: keyof typeof identityFiles): Promise<string> => readFile(join(folder, identityFiles[name]), 'utf8');
  return {
    root: new x509.X509Certificate(await text('root')),
    issuing: new x509.X509Certificate(await text('issuing')),
    issuingKey: await importPrivateKey(await text('issuingKey')),
    serverPem: (await text('server')) + (await text('issuing')),
    serverKeyPem: await text('serverKey'),
    station: new x509.X509Certificate(await text('station')),
  };
}

async function makeAtOnce(folder: string): Promise<void> {
  await mkdir(join(folder, '..'), { recursive: true });
  const draft = await mkdtemp(`${folder}-new-`);
  try {
    await makeIdentities(draft);
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another process was quicker: its identities are as good as ours.
    if (!existsSync(folder)) throw error;
  }
}

async function makeIdentities(folder: string): Promise<void> {
  const root = await makeAuthority(folder, 'root', 'CN=Kortverk Simulated Root,O=Kortverk Simulator,C=SE', undefined);
  const issuing = await makeAuthority(folder, 'issuing', 'CN=Kortverk Simulated Issuing CA,O=Kortverk Simulator,C=SE', root);
  await makeEndEntity(folder, 'server', 'CN=localhost,O=Kortverk Simulator', issuing, [
    new x509.ExtendedKeyUsageExtension([serverAuthUsage]),
    new x509.SubjectAlternativeNameExtension([
      { type: 'dns', value: 'localhost' }, { type: 'ip', value: '127.0.0.1' }, { type: 'ip', value: '::1' },
    ]),
  ]);
  await makeEndEntity(folder, 'station', 'CN=Kortverk Simulated Station,O=Kortverk Simulator', issuing, [
    new x509.ExtendedKeyUsageExtension([clientAuthUsage, registrationAuthorityUsage]),
  ]);
}

// Fixed dates, because the TLS layer reads the computer's clock even where a test turns the station's.
const notBefore = new Date('2020-01-01T00:00:00Z');
const notAfter = new Date('2049-12-30T00:00:00Z');

async function makeAuthority(folder: string, name: 'root' | 'issuing', subject: string, by: Signer | undefined): Promise<Signer> {
  const keys = await generateKeyPair();
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomSerial(), subject, issuer: by?.certificate.subjectName ?? subject, notBefore, notAfter,
    signingAlgorithm: authorityAlgorithm, publicKey: keys.publicKey, signingKey: by?.key ?? keys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(true, by === undefined ? 1 : 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(by?.certificate.publicKey ?? keys.publicKey),
    ],
  });
  await writeIdentity(folder, name, certificate, keys.privateKey);
  return { certificate, key: keys.privateKey };
}

async function makeEndEntity(
  folder: string, name: 'server' | 'station', subject: string, by: Signer, usages: x509.Extension[],
): Promise<void> {
  const keys = await generateKeyPair();
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomSerial(), subject, issuer: by.certificate.subjectName, notBefore, notAfter,
    signingAlgorithm: authorityAlgorithm, publicKey: keys.publicKey, signingKey: by.key,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      ...usages,
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(by.certificate.publicKey),
    ],
  });
  await writeIdentity(folder, name, certificate, keys.privateKey);
}

async function writeIdentity(
  folder: string, name: 'root' | 'issuing' | 'server' | 'station', certificate: x509.X509Certificate, key: webcrypto.CryptoKey,
): Promise<void> {
  await writeFile(join(folder, identityFiles[name]), `${certificate.toString('pem')}\n`);
  await writeFile(join(folder, identityFiles[`${name}Key`]), await privateKeyPem(key), { mode: 0o600 });
}

/** A serial number that tells nothing: 126 random bits, always 16 bytes long, hexadecimal. */
export function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}
