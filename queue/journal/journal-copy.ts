import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readSync, renameSync, writeSync } from 'node:fs';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { bodyText, parseBody, type RecordBody } from './journal-chain.ts';

/** Room for the longest line, so that the last whole line is always inside the part that is read at opening. */
const tailBytes = 262_144;

/** Where the plain text copy of a journal lies. */
export function copyPathOf(journalPath: string): string {
  return `${journalPath.replace(/\.[^./]+$/, '')}.ndjson`;
}

/** One line of the copy: the canonical body and the hash, so that the chain can be checked with a text editor's means. */
export function copyLine(text: string, hash: string): string {
  return `{"body":${text},"hash":"${hash}"}\n`;
}

/** The first line names the journal, from which the chain starts. */
export function copyHeader(journalId: string): string {
  return `{"journal":"${journalId}"}\n`;
}

/** Reads one line of the copy; null when it is not one (the end of a file that was cut by a power failure). */
export function parseCopyLine(line: string): { readonly body: RecordBody; readonly text: string; readonly hash: string } | null {
  try {
    const value = JSON.parse(line) as { body?: unknown; hash?: unknown };
    if (typeof value.hash !== 'string' || typeof value.body !== 'object' || value.body === null) return null;
    const body = parseBody(JSON.stringify(value.body));
    return { body, text: bodyText(body), hash: value.hash };
  } catch {
    return null;
  }
}

/** What the copy needs to know of its journal at opening. */
export interface CopySource {
  readonly journalId: string;
  readonly headSeq: number;
  hashAt(seq: number): string | null;
  linesFrom(seq: number): Iterable<string>;
}

/**
 * The unsynced text copy of every record, for the auditor and for reading while the daemon holds the journal. It is
 * brought level with the journal at opening. Throws `JRN-BROKEN` when the copy knows records that the journal does not:
 * the journal was replaced or lost, and what its cards were is then for a person to say.
 */
export class JournalCopy implements Disposable {
  readonly #fd: number;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  static open(path: string, source: CopySource): JournalCopy {
    const last = lastSeq(path, source);
    if (last === 'damaged') moveAside(path);
    const copy = new JournalCopy(openSync(path, 'a', 0o600));
    try {
      if (fstatSync(copy.#fd).size === 0) copy.write(copyHeader(source.journalId));
      for (const line of source.linesFrom(last === 'damaged' ? 1 : last + 1)) copy.write(line);
      return copy;
    } catch (error) {
      copy[Symbol.dispose]();
      throw error;
    }
  }

  write(line: string): void {
    writeSync(this.#fd, line);
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}

/** The number of the last record in the copy, after a torn last line was cut off; 0 for an empty copy. */
function lastSeq(path: string, source: CopySource): number | 'damaged' {
  const line = lastLine(path);
  if (line === null || `${line}\n` === copyHeader(source.journalId)) return 0;
  const parsed = parseCopyLine(line);
  if (parsed === null) return 'damaged';
  if (source.hashAt(parsed.body.seq) !== parsed.hash) throw notTheSame(parsed.body.seq);
  return parsed.body.seq;
}

function lastLine(path: string): string | null {
  const fd = openSync(path, 'a+', 0o600);
  try {
    const { size } = fstatSync(fd);
    const start = Math.max(0, size - tailBytes);
    const tail = Buffer.alloc(size - start);
    readSync(fd, tail, 0, tail.length, start);
    const end = tail.lastIndexOf(0x0a) + 1;
    if (end < tail.length) ftruncateSync(fd, start + end);
    if (end === 0) return null;
    return tail.toString('utf8', 0, end - 1).split('\n').at(-1) ?? null;
  } finally {
    closeSync(fd);
  }
}

function notTheSame(seq: number): StationFault {
  return new StationFault('JRN-BROKEN', { note: `the text copy has another record ${seq} than the journal: the journal was replaced or lost records`, data: { seq } });
}

function moveAside(path: string): void {
  let number = 1;
  while (existsSync(`${path}.damaged-${number}`)) number += 1;
  renameSync(path, `${path}.damaged-${number}`);
}
