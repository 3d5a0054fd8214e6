import { appendFile, readFile } from 'node:fs/promises';
import type { IssuedRecord } from './issued-log.ts';

/** By what somebody asks for a revocation. Hex, lower case; a certificate that nobody saw is named by its key. */
export type RevocationWish =
  | { readonly serial: string }
  | { readonly publicKeySha256: string }
  | { readonly subjectKeyId: string };

/** The account of revocations: serial numbers (hex, lower case), one a line, each once. Several processes may keep one file. */
export class RevokedLog {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** In the order of their revocation. */
  async all(): Promise<readonly string[]> {
    const text = await readFile(this.#path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    return text.split('\n').filter((line) => line !== '');
  }

  async add(serial: string): Promise<void> {
    if (!(await this.all()).includes(serial)) await appendFile(this.#path, `${serial}\n`, { flush: true });
  }

  /** Revokes every certificate of an account that a wish means; gives their serial numbers, none when nothing was issued so. */
  async revoke(issued: readonly IssuedRecord[], wish: RevocationWish): Promise<readonly string[]> {
    const serials = issued.filter((record) => isMeant(record, wish)).map(({ serial }) => serial.toLowerCase());
    for (const serial of serials) await this.add(serial);
    return serials;
  }
}

function isMeant(record: IssuedRecord, wish: RevocationWish): boolean {
  if ('serial' in wish) return record.serial.toLowerCase().replace(/^0+/, '') === wish.serial.toLowerCase().replace(/^0+/, '');
  return 'publicKeySha256' in wish ? record.publicKeySha256 === wish.publicKeySha256 : record.subjectKeyId === wish.subjectKeyId;
}
