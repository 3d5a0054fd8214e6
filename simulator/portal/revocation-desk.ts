import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openIssuedLog } from '../ca/issued-log.ts';
import { RevokedLog } from '../ca/revoked-log.ts';

/** The message of a station that cannot revoke by itself, as it lies in the portal's mailbox. */
const wanted = 'certificate-revocation-wanted';

interface Message {
  readonly kind: string;
  readonly body: unknown;
}

interface Wish {
  /** Hex; null when the station never saw the certificate. */
  readonly serial: string | null;
  readonly publicKeySha256: string;
}

/**
 * What the people behind the simulated portal do: revoke in the authority's account whatever the messages in a mailbox
 * folder ask for, by number or, where nobody knows it, by the key. Repeatable. Gives the serial numbers (hex, lower case)
 * that were meant; a key for which nothing was ever issued has none.
 */
export async function actOnRevocations(mailboxFolder: string, authorityFolder: string): Promise<readonly string[]> {
  const issued = (await openIssuedLog(join(authorityFolder, 'issued.ndjson'))).all();
  const revocations = new RevokedLog(join(authorityFolder, 'revoked.txt'));
  const names = (await readdir(mailboxFolder)).filter((name) => name.endsWith('.json')).toSorted();
  const serials: string[] = [];
  for (const name of names) {
    const { kind, body } = JSON.parse(await readFile(join(mailboxFolder, name), 'utf8')) as Message;
    if (kind !== wanted) continue;
    for (const { serial, publicKeySha256 } of (body as { readonly certificates: readonly Wish[] }).certificates) {
      serials.push(...(await revocations.revoke(issued, serial === null ? { publicKeySha256 } : { serial })));
    }
  }
  return serials;
}
