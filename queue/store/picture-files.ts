import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { DataCipher } from './data-cipher.ts';
import { sqliteCode } from './sqlite-file.ts';
import { replaceSynced, syncFolder } from './synced-file.ts';

/** SHA-256 of a picture's bytes, hex: its name in the store. */
export function pictureDigest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Pictures as encrypted files named by the SHA-256 of what they hold; the same picture is kept once. */
export class PictureFiles {
  readonly #dir: string;
  readonly #cipher: DataCipher;

  constructor(dir: string, cipher: DataCipher) {
    this.#dir = dir;
    this.#cipher = cipher;
  }

  /** Writes a picture so that after a power cut it is whole or not there. Gives its digest. Throws `STO-WRITE`. */
  put(bytes: Uint8Array): string {
    const digest = pictureDigest(bytes);
    const path = this.#path(digest);
    if (existsSync(path)) return digest;
    try {
      this.#write(path, this.#cipher.seal(`picture ${digest}`, bytes));
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
    }
    return removed;
  }

  #write(path: string, sealed: Uint8Array): void {
    const folder = dirname(path);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    replaceSynced(path, sealed);
    syncFolder(this.#dir);
  }

  #path(digest: string): string {
    return join(this.#dir, digest.slice(0, 2), digest);
  }
}
