import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RequestWish {
  /** In OpenSSL's form, such as `/CN=Åsa Öberg`. */
  readonly subject: string;
  /** Lines of an OpenSSL extension section, such as `subjectAltName=URI:urn:uuid:…`. */
  readonly extensions?: readonly string[];
  /** Arguments of `openssl genpkey`. */
  readonly key?: readonly string[];
}

export const p256 = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];

/** A certificate request and its key, made by OpenSSL, so that no code of ours takes part. DER and PEM. */
export function opensslRequest({ subject, extensions = [], key = p256 }: RequestWish): { readonly der: Buffer; readonly keyPem: string } {
  const folder = mkdtempSync(join(tmpdir(), 'kortverk-request-'));
  try {
    const keyPem = openssl(['genpkey', ...key]).toString();
    writeFileSync(join(folder, 'key.pem'), keyPem);
    const wishes = extensions.flatMap((line) => ['-addext', line]);
    const der = openssl(['req', '-new', '-utf8', '-key', join(folder, 'key.pem'), '-subj', subject, '-outform', 'DER', ...wishes]);
    return { der, keyPem };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Gives a file to OpenSSL and returns what it prints. Throws with its words when it fails. */
export function openssl(given: readonly string[], input?: Uint8Array): Buffer {
  return execFileSync('openssl', given, { input, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** The text form of a certificate (DER), as OpenSSL reads it. */
export function opensslText(certificate: Uint8Array): string {
  return openssl(['x509', '-inform', 'DER', '-noout', '-text', '-nameopt', 'utf8'], certificate).toString();
}

/** Reads a PEM or DER file of the test vectors. */
export function vector(name: string): Buffer {
  return readFileSync(join(import.meta.dirname, '../vectors', name));
}
