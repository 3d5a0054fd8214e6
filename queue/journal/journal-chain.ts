import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { AttemptKey, JournalEntry, JournalRecord } from './journal-entry.ts';

/** Largest body of one record in bytes: records hold identifiers and digests, so more than this is a mistake. */
export const maxBodyBytes = 65_536;

/** What a record's hash covers, beside the hash before it. */
export interface RecordBody extends AttemptKey {
  readonly seq: number;
  readonly at: number;
  readonly entry: JournalEntry;
}

/** Canonical JSON (RFC 8785) of a body: the text that is stored and hashed. */
export function bodyText(body: RecordBody): string {
  const { seq, at, orderId, attempt, fence, entry } = body;
  const text = canonicalize({ seq, at, orderId, attempt, fence, entry });
  if (text === undefined) throw new TypeError('a journal body must be JSON');
  return text;
}

/** Reads a stored body back. Throws `SyntaxError` when it is not JSON. */
export function parseBody(text: string): RecordBody {
  return JSON.parse(text) as RecordBody;
}

/** The value before the first record: two journals never share a chain. 32 bytes. */
export function genesisHash(journalId: string): Buffer {
  return createHash('sha256').update(`kortverk journal 1\n${journalId}`).digest();
}

/** Hash of a record: SHA-256 over the hash before it and its body. 32 bytes. */
export function nextHash(previous: Uint8Array, text: string): Buffer {
  return createHash('sha256').update(previous).update(text).digest();
}

/** The record as it is shown. */
export function toRecord(body: RecordBody, hash: Uint8Array): JournalRecord {
  return { ...body, hash: Buffer.from(hash).toString('hex') };
}
