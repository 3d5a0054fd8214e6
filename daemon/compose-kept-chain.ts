import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ChainShelf } from '../drivers/ca/kept-chain.ts';
import { replaceFile } from '../drivers/contracts/durable-file.ts';
import { StationFault } from '../drivers/contracts/fault.ts';
import type { DataCipher } from '../queue/store/data-cipher.ts';
import type { AuthorityConfig } from './config/authority-config.ts';
import { readBounded, systemCode } from './files/bounded-file.ts';

/** A chain of certificates is some kilobytes. */
const MOST_BYTES = 256 * 1024;

/**
 * A file that keeps the authority's chain, sealed with the station's data key under the trust anchor that the chain was
 * verified against (`trust`, as of `trustOf`): what was changed, cut, or told under another anchor reads as none, and is
 * asked for anew. Throws `STO-WRITE` for a file that cannot be written.
 */
export function sealedChainFile(file: string, trust: string, cipher: DataCipher): ChainShelf {
  const name = `authority-chain ${trust}`;
  return {
    async read() {
      const found = await readBounded(file, MOST_BYTES);
      return found.kind === 'refused' ? null : opened(cipher, name, found.bytes);
    },
    async write(chain) {
      try {
        replaceFile(file, cipher.seal(name, Buffer.from(JSON.stringify(chain.map((der) => Buffer.from(der).toString('base64'))))));
      } catch (error) {
        const reason = systemCode(error);
        if (reason === null) throw error;
        throw new StationFault('STO-WRITE', { note: `${file}: ${reason}` }, error);
      }
    },
  };
}

function opened(cipher: DataCipher, name: string, sealed: Uint8Array): readonly Uint8Array[] | null {
  try {
    return (JSON.parse(cipher.open(name, sealed).toString('utf8')) as string[]).map((text) => new Uint8Array(Buffer.from(text, 'base64')));
  } catch (error) {
    if (error instanceof StationFault && error.code === 'STO-BROKEN') return null;
    throw error;
  }
}

/** What the station's trust in an authority stands on, as a digest: where it is asked, and the certificates or the secret's name by which it is believed. */
export async function trustOf(config: AuthorityConfig): Promise<string> {
  const { url, rootFile } = config;
  const [chainFile, responderFile, credential] = config.protocol === 'cmp' ? [config.chainFile, config.responderFile, config.credential] : [];
  const anchors = await Promise.all([rootFile, chainFile, responderFile].map(async (file) => (file === undefined ? null : await readFile(file, 'utf8'))));
  const secret = credential?.kind === 'secret' ? credential.reference : null;
  return createHash('sha256').update(JSON.stringify([url, anchors, secret])).digest('hex');
}
