import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { genesisHash, nextHash, parseBody, toRecord } from './journal-chain.ts';
import { copyPathOf, parseCopyLine } from './journal-copy.ts';
import { openingFault, openJournalForReading } from './journal-database.ts';
import type { JournalRecord } from './journal-entry.ts';
import { readStatements, type ReadStatements } from './journal-statements.ts';
import type { ChainReport } from './journal.ts';
import { verifyJournal } from './verify-journal.ts';

/**
 * A journal as an outsider reads it. `source` says what was read: the journal itself, or its unsynced text copy while
 * the daemon holds the journal. The copy verifies its chain, but cannot speak of the folded view.
 */
export interface JournalReader extends Disposable {
  readonly source: 'journal' | 'copy';
  /** All records, or those of one order, oldest first. Throws `JRN-BROKEN` at a line of the copy that cannot be read. */
  records(orderId?: string): Iterable<JournalRecord>;
  verify(): ChainReport;
}

/**
 * Opens a journal to read it: the SQLite file when no daemon holds it, else the text copy beside it. Throws
 * `FIL-MISSING` when there is no journal, `JRN-IN-USE` when it is held and has no copy, `JRN-BROKEN` when it is no journal.
 */
export function openJournalReader(path: string): JournalReader {
  if (!existsSync(path)) throw new StationFault('FIL-MISSING', { field: path });
  try {
    return new DatabaseReader(openJournalForReading(path));
  } catch (error) {
    const fault = openingFault(error);
    if (fault.code !== 'JRN-IN-USE' || !existsSync(copyPathOf(path))) throw fault;
    return new CopyReader(copyPathOf(path));
  }
}

class DatabaseReader implements JournalReader {
  readonly source = 'journal';
  readonly #db: Database;
  readonly #read: ReadStatements;

  constructor(db: Database) {
    this.#db = db;
    this.#read = readStatements(db);
  }

  *records(orderId?: string): Iterable<JournalRecord> {
    const rows = orderId === undefined ? this.#read.eventsFrom.iterate(0) : this.#read.eventsOfOrder.iterate(orderId);
    for (const row of rows) yield toRecord(parseBody(row.body), row.hash);
  }

  verify(): ChainReport {
    return verifyJournal(this.#read);
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}

class CopyReader implements JournalReader {
  readonly source = 'copy';
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  *records(orderId?: string): Iterable<JournalRecord> {
    let line = 0;
    for (const text of readLines(this.#path)) {
      line += 1;
      if (line === 1) continue;
      const parsed = parseCopyLine(text);
      if (parsed === null) throw new StationFault('JRN-BROKEN', { note: `line ${line} of the text copy cannot be read` });
      if (orderId === undefined || parsed.body.orderId === orderId) yield toRecord(parsed.body, Buffer.from(parsed.hash, 'hex'));
    }
  }

  verify(): ChainReport {
    let head: Buffer | null = null;
    let records = 0;
    for (const text of readLines(this.#path)) {
      if (head === null) {
        head = genesisHash(journalIdOf(text));
        continue;
      }
      const parsed = parseCopyLine(text);
      const hash: Buffer | null = parsed === null ? null : nextHash(head, parsed.text);
      if (parsed === null || hash === null || hash.toString('hex') !== parsed.hash || parsed.body.seq !== records + 1) {
        return { records, head: head.toString('hex'), brokenAt: records + 1, reason: `record ${records + 1} of the text copy does not verify` };
      }
      head = hash;
      records += 1;
    }
    return { records, head: head?.toString('hex') ?? '', brokenAt: null, reason: null };
  }

  [Symbol.dispose](): void {
    return;
  }
}

function journalIdOf(line: string): string {
  try {
    const header = JSON.parse(line) as { journal?: unknown };
    if (typeof header.journal === 'string') return header.journal;
  } catch (error) {
    throw new StationFault('JRN-BROKEN', { note: 'the text copy does not name its journal' }, error);
  }
  throw new StationFault('JRN-BROKEN', { note: 'the text copy does not name its journal' });
}

/** Whole lines of a file, one at a time; a last line without an end is still being written and is left out. */
function* readLines(path: string): Generator<string> {
  const fd = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(65_536);
    let rest: Buffer = Buffer.alloc(0);
    for (let size = readSync(fd, chunk); size > 0; size = readSync(fd, chunk)) {
      rest = Buffer.concat([rest, chunk.subarray(0, size)]);
      for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
        yield rest.toString('utf8', 0, end);
        rest = rest.subarray(end + 1);
      }
    }
  } finally {
    closeSync(fd);
  }
}
