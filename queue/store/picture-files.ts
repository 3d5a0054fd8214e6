import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder, replaceFile, syncFolder } from '../../drivers/contracts/durable-file.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { DataCipher } from './data-cipher.ts';
import { sqliteCode } from './sqlite-file.ts';

/** SHA-256 of a picture's bytes, hex: its name in the store. */
export function pictureDigest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Pictures as encrypted files named by the SHA-256 of what they hold; the same picture is kept once. */
export class PictureFiles {
  readonly #dir: string;
  readonly #cipher: DataCipher;

  /** What an earlier process wrote and did not live to sync is known under its name from now on. */
  constructor(dir: string, cipher: DataCipher) {
    this.#dir = dir;
    this.#cipher = cipher;
    makeFolder(dir);
    for (const folder of readdirSync(dir)) syncFolder(join(dir, folder));
  }

  /** Writes a picture so that after a power cut it is whole or not there. Gives its digest. Throws `STO-WRITE`. */
  put(bytes: Uint8Array): string {
    const digest = pictureDigest(bytes);
    const path = this.#path(digest);
    if (existsSync(path)) return digest;
    try {
      makeFolder(dirname(path));
      replaceFile(path, this.#cipher.seal(`picture ${digest}`, bytes));
      return digest;
    } catch (error) {
      throw new StationFault('STO-WRITE', { note: sqliteCode(error) }, error);
    }
  }

  /** Throws `STO-BROKEN` when the file is gone, changed, or not what its name says. */
  get(digest: string): Uint8Array {
    const path = this.#path(digest);
    if (!existsSync(path)) throw new StationFault('STO-BROKEN', { note: `picture ${digest} is gone` });
    const bytes = this.#cipher.open(`picture ${digest}`, readFileSync(path));
    if (pictureDigest(bytes) !== digest) throw new StationFault('STO-BROKEN', { note: `picture ${digest} holds another one` });
    return bytes;
  }

  /** Removes every file that no order names, also what an interrupted writer left. Gives the number of files. */
  keepOnly(isNamed: (digest: string) => boolean): number {
    let removed = 0;
    for (const folder of existsSync(this.#dir) ? readdirSync(this.#dir) : []) {
      for (const name of readdirSync(join(this.#dir, folder))) {
        if (isNamed(name)) continue;
        rmSync(join(this.#dir, folder, name));
        removed += 1;
      }
      syncFolder(join(this.#dir, folder));
    }
    return removed;
  }

  #path(digest: string): string {
    return join(this.#dir, digest.slice(0, 2), digest);
  }
}
