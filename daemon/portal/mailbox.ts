import { open, readFile, rename } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { makeFolder } from '../../drivers/contracts/durable-file.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { PendingEvent } from '../../queue/store/outbox.ts';

/** Where the portal takes messages. A message may come more than once: its id makes it the same. */
export interface Mailbox {
  /** Hands one message over; resolves when the portal has it. Throws `LNK-REFUSED` or `LNK-CLOSED` when it has not. */
  deliver(event: PendingEvent, signal: AbortSignal): Promise<void>;
}

/** A message as the portal gets it. */
export function messageOf({ id, orderId, kind, at, body }: PendingEvent): Readonly<Record<string, unknown>> {
  return { id, orderId, kind, at: new Date(at).toISOString(), body: JSON.parse(body) as unknown };
}

/** One file a message, named by the digest of its id, so that a second delivery replaces it by the same. */
export async function openFolderMailbox(folder: string): Promise<Mailbox> {
  makeFolder(folder);
  return {
    async deliver(event) {
      const name = `${event.orderId.replaceAll(/[^\w.-]/g, '_')}-${createHash('sha256').update(event.id).digest('hex').slice(0, 16)}.json`;
      const path = join(folder, name);
      const file = await open(`${path}.part`, 'w', 0o600);
      try {
        await file.writeFile(`${JSON.stringify(messageOf(event), null, 2)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}.part`, path);
      const names = await open(folder, 'r');
      try {
        await names.sync();
      } finally {
        await names.close();
      }
    },
  };
}

/** One POST a message with `Idempotency-Key`; 2xx, and 409 for one that the portal has seen, mean that it has it. */
export async function openHttpMailbox(url: string, tokenFile: string | null): Promise<Mailbox> {
  const token = tokenFile === null ? null : (await readFile(tokenFile, 'utf8')).trim();
  return {
    async deliver(event, signal) {
      const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': event.id, ...(token === null ? {} : { Authorization: `Bearer ${token}` }) };
      const status = await post(url, headers, JSON.stringify(messageOf(event)), signal);
      if ((status < 200 || status > 299) && status !== 409) throw new StationFault('LNK-REFUSED', { note: `the portal answered ${status}` });
    },
  };
}

async function post(url: string, headers: Readonly<Record<string, string>>, body: string, signal: AbortSignal): Promise<number> {
  try {
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' });
    await response.arrayBuffer();
    return response.status;
  } catch (error) {
    throw new StationFault('LNK-CLOSED', { note: 'the portal cannot be reached' }, error);
  }
}
