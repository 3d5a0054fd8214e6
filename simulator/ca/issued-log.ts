import { existsSync } from 'node:fs';
import { appendFile, readFile, truncate } from 'node:fs/promises';
import type { CertificateProfileName } from './certificate-profile.ts';

/** One certificate that the authority signed. */
export interface IssuedRecord {
  /** Hexadecimal. */
  readonly serial: string;
  readonly profile: CertificateProfileName;
  readonly subject: string;
  /** ISO 8601. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** SHA-256 of the public key (SPKI), hexadecimal: two records with the same one are two certificates for one key. */
  readonly publicKeySha256: string;
  /** Subject key identifier, hexadecimal, lower case. */
  readonly subjectKeyId: string;
  /** The alternative name, base64 of DER, which a renewal must repeat like the subject. */
  readonly alternativeNameDer: string;
  /** The certificate itself, base64 of DER. */
  readonly certificate: string;
}

/** The account of every certificate: one JSON line each, written through to disk before the certificate leaves. */
export class IssuedLog {
  readonly #path: string;
  readonly #records: IssuedRecord[];

  constructor(path: string, records: readonly IssuedRecord[]) {
    this.#path = path;
    this.#records = [...records];
  }

  async add(record: IssuedRecord): Promise<void> {
    await appendFile(this.#path, `${JSON.stringify(record)}\n`, { flush: true });
    this.#records.push(record);
  }

  all(): readonly IssuedRecord[] {
    return this.#records;
  }
}

/** Opens the account. A last line that a crash cut short is removed: its certificate never left. */
export async function openIssuedLog(path: string): Promise<IssuedLog> {
  if (!existsSync(path)) return new IssuedLog(path, []);
  const bytes = await readFile(path);
  const wholeBytes = bytes.lastIndexOf('\n') + 1;
  if (wholeBytes < bytes.length) await truncate(path, wholeBytes);
  const lines = bytes.subarray(0, wholeBytes).toString('utf8').split('\n').filter((line) => line !== '');
  return new IssuedLog(path, lines.map((line) => JSON.parse(line) as IssuedRecord));
}
