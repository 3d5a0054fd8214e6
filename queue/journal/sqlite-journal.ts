import { copyFileSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import type { Clock } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { OwnedOrder } from '../claim/claims.ts';
import { bodyText, maxBodyBytes, nextHash, parseBody, toRecord } from './journal-chain.ts';
import { copyLine, copyPathOf, JournalCopy } from './journal-copy.ts';
import { sqliteCode } from '../store/sqlite-file.ts';
import { copySqlite } from '../store/sqlite-versions.ts';
import { openingFault, openJournalDatabase } from './journal-database.ts';
import type { AttemptKey, JournalEntry, JournalRecord, OpenAttempt, Outcome } from './journal-entry.ts';
import { foldRecord } from './journal-fold.ts';
import { migrateJournal } from './journal-schema.ts';
import { readStatements, toView, writeStatements, type AttemptRow, type EventRow, type ReadStatements, type StationRow, type WriteStatements } from './journal-statements.ts';
import type { ChainReport, Journal } from './journal.ts';
import { verifyJournal, verifyTail } from './verify-journal.ts';

/** How many records are checked on every start; `verify` walks them all. */
const tailRecords = 64;

export interface SqliteJournalOptions {
  /** The SQLite file; the plain text copy lies beside it with the ending `.ndjson`. */
  readonly path: string;
  readonly clock: Clock;
}

/**
 * Opens the station's journal and holds it until disposal or the end of the process. Throws `JRN-IN-USE` when another
 * process holds it, `JRN-BROKEN` when the tail of the chain does not verify or the text copy knows more than the
 * journal, `JRN-WRITE` when the disk fails.
 */
export function openSqliteJournal(options: SqliteJournalOptions): Journal {
  const db = openJournalDatabase(options.path);
  try {
    migrateJournal(db);
    const read = readStatements(db);
    const station = stationOf(read);
    const broken = verifyTail(read, station, tailRecords);
    if (broken !== null) throw new StationFault('JRN-BROKEN', { note: broken.reason, data: { seq: broken.seq } });
    const copy = JournalCopy.open(copyPathOf(options.path), {
      journalId: station.journal_id,
      headSeq: station.head_seq,
      hashAt: (seq) => read.event.get(seq)?.hash.toString('hex') ?? null,
      linesFrom: (seq) => linesFrom(read, seq),
    });
    return new SqliteJournal(db, read, writeStatements(db), copy, copyPathOf(options.path), options.clock, station);
  } catch (error) {
    db.close();
    throw openingFault(error);
  }
}

function stationOf(read: ReadStatements): StationRow {
  const station = read.station.get();
  if (station === undefined) throw new StationFault('JRN-BROKEN', { note: 'the journal names no station' });
  return station;
}

function* linesFrom(read: ReadStatements, seq: number): Generator<string> {
  for (const row of read.eventsFrom.iterate(seq)) yield copyLine(row.body, row.hash.toString('hex'));
}

function rowToRecord(row: EventRow): JournalRecord {
  return toRecord(parseBody(row.body), row.hash);
}

class SqliteJournal implements Journal {
  readonly #db: Database;
  readonly #read: ReadStatements;
  readonly #write: WriteStatements;
  readonly #copy: JournalCopy;
  readonly #copyPath: string;
  readonly #clock: Clock;
  #seq: number;
  #head: Buffer;
  #failed = false;

  constructor(db: Database, read: ReadStatements, write: WriteStatements, copy: JournalCopy, copyPath: string, clock: Clock, station: StationRow) {
    this.#db = db;
    this.#copyPath = copyPath;
    this.#read = read;
    this.#write = write;
    this.#copy = copy;
    this.#clock = clock;
    this.#seq = station.head_seq;
    this.#head = station.head;
  }

  append(key: AttemptKey, entry: JournalEntry): JournalRecord {
    const body = { orderId: key.orderId, attempt: key.attempt, fence: key.fence, seq: this.#seq + 1, at: Math.trunc(this.#clock.now()), entry };
    const text = bodyText(body);
    if (Buffer.byteLength(text) > maxBodyBytes) throw new StationFault('STA-BUG', { note: `a journal record of ${text.length} characters` });
    const hash = nextHash(this.#head, text);
    this.#durably(() => {
      this.#db
        .transaction(() => {
          this.#checkRight(key, entry);
          this.#write.insertEvent.run(body.seq, key.orderId, key.attempt, key.fence, entry.kind, body.at, text, this.#head, hash);
          this.#fold(key, body);
          this.#write.setHead.run(body.seq, hash);
        })
        .immediate();
      this.#seq = body.seq;
      this.#head = hash;
      this.#copy.write(copyLine(text, hash.toString('hex')));
    });
    return toRecord(body, hash);
  }

  recordsOf(orderId: string): readonly JournalRecord[] {
    return this.#read.eventsOfOrder.all(orderId).map(rowToRecord);
  }

  openAttempts(): readonly OpenAttempt[] {
    return this.#read.openAttempts.all().map((row) => ({
      ...keyOf(row),
      records: this.#read.eventsOfAttempt.all(row.order_id, row.attempt).map(rowToRecord),
    }));
  }

  outcomeOf(orderId: string): { readonly outcome: Outcome; readonly attempt: number; readonly cardNumber: string | null } | null {
    const row = this.#read.lastOutcome.get(orderId);
    if (row === undefined || row.outcome === null) return null;
    return { outcome: row.outcome, attempt: row.attempt, cardNumber: row.card_number };
  }

  unreported(): readonly (AttemptKey & { readonly outcome: Outcome })[] {
    return this.#read.unreported.all().flatMap((row) => (row.outcome === null ? [] : [{ ...keyOf(row), outcome: row.outcome }]));
  }

  owned(): readonly OwnedOrder[] {
    return this.#read.owned.all().map((row) => ({ orderId: row.order_id, fence: row.fence, outcome: row.outcome, attempt: row.attempt }));
  }

  printedMs(): number {
    return this.#read.printedMs.get() ?? 0;
  }

  highestFence(): number {
    return this.#read.highestFence.get() ?? 0;
  }

  bind(printerSerial: string): void {
    const bound = stationOf(this.#read).printer_serial;
    if (bound === printerSerial) return;
    if (bound !== null) throw new StationFault('JRN-OTHER-BENCH', { note: `bound to ${bound}, the printer is ${printerSerial}` });
    this.#durably(() => this.#write.bindPrinter.run(printerSerial));
  }

  putSealed(key: AttemptKey, sealed: Uint8Array): void {
    this.#putOwn(key, () => this.#write.putSealed.run(key.orderId, key.attempt, Buffer.from(sealed)));
  }

  sealedOf(orderId: string, attempt: number): Uint8Array | null {
    const body = this.#write.sealed.get(orderId, attempt);
    return body === undefined ? null : Uint8Array.from(body);
  }

  keep(key: AttemptKey, name: string, sealed: Uint8Array): void {
    this.#putOwn(key, () => this.#write.keep.run(key.orderId, key.attempt, name, Buffer.from(sealed)));
  }

  keptOf(orderId: string, attempt: number, name: string): Uint8Array | null {
    const body = this.#write.kept.get(orderId, attempt, name);
    return body === undefined ? null : Uint8Array.from(body);
  }

  eraseSealed(orderId: string, attempt: number): void {
    this.#durably(() => {
      this.#write.eraseSealed.run(orderId, attempt);
      this.#write.eraseKept.run(orderId, attempt);
      // The log still holds the page as it was; emptying it is what makes the erasure true.
      this.#db.pragma('wal_checkpoint(TRUNCATE)');
    });
  }

  verify(): ChainReport {
    return verifyJournal(this.#read);
  }

  backup(path: string): void {
    try {
      copySqlite(this.#db, path);
      copyFileSync(this.#copyPath, copyPathOf(path));
    } catch (error) {
      throw new StationFault('JRN-WRITE', { note: sqliteCode(error) }, error);
    }
  }

  [Symbol.dispose](): void {
    if (!this.#db.open) return;
    this.#copy[Symbol.dispose]();
    this.#db.close();
  }

  /** Writes something beside the chain for whoever has the right to the attempt. */
  #putOwn(key: AttemptKey, put: () => unknown): void {
    this.#durably(() => {
      this.#db
        .transaction(() => {
          this.#checkFence(key);
          put();
        })
        .immediate();
    });
  }

  #checkRight(key: AttemptKey, entry: JournalEntry): void {
    this.#checkFence(key);
    if (entry.kind === 'identified' && isOther(this.#read.chip.get(entry.uid), key)) {
      throw new StationFault('ENC-UID-USED', { data: { uid: entry.uid, orderId: key.orderId, attempt: key.attempt } });
    }
    if (entry.kind === 'planned' && isOther(this.#read.cardNumber.get(entry.cardNumber), key)) {
      throw new StationFault('QC-NUMBER-REUSED', { data: { cardNumber: entry.cardNumber, orderId: key.orderId, attempt: key.attempt } });
    }
    if (entry.kind === 'feed-intent') this.#checkAlone(key);
  }

  /** A second blank in the machine beside an attempt that is begun would be taken for that one's; one that waits for a person's answer has none there. */
  #checkAlone(key: AttemptKey): void {
    const other = this.#read.otherInMachine.get(key.orderId, key.attempt);
    if (other !== undefined) throw new StationFault('JRN-OTHER-OPEN', { data: { orderId: key.orderId, attempt: key.attempt, other: `${other.order_id}#${other.attempt}` } });
  }

  #checkFence(key: AttemptKey): void {
    const seen = this.#read.fenceOfOrder.get(key.orderId) ?? 0;
    if (seen > key.fence) throw new StationFault('QUE-FENCED', { data: { orderId: key.orderId, fence: key.fence, seen } });
  }

  #fold(key: AttemptKey, body: Parameters<typeof foldRecord>[1]): void {
    const before = this.#read.attempt.get(key.orderId, key.attempt);
    const view = foldRecord(before === undefined ? null : toView(before), body);
    this.#write.putAttempt.run(view.orderId, view.attempt, view.fence, view.lastKind, view.uid, view.cardNumber, view.outcome, view.reported ? 1 : 0);
    if (body.entry.kind === 'identified') this.#write.putChip.run(body.entry.uid, key.orderId, key.attempt);
    if (body.entry.kind === 'planned') this.#write.putCardNumber.run(body.entry.cardNumber, key.orderId, key.attempt);
  }

  /** After one failed write nothing is written any more: what an fsync that failed left on the disk is unknown. */
  #durably(write: () => void): void {
    if (this.#failed) throw new StationFault('JRN-WRITE', { note: 'an earlier write failed; the process must end' });
    try {
      write();
    } catch (error) {
      if (error instanceof StationFault) throw error;
      this.#failed = true;
      throw new StationFault('JRN-WRITE', { note: sqliteCode(error) }, error);
    }
  }
}

function keyOf(row: AttemptRow): AttemptKey {
  return { orderId: row.order_id, attempt: row.attempt, fence: row.fence };
}

function isOther(owner: { readonly order_id: string; readonly attempt: number } | undefined, key: AttemptKey): boolean {
  return owner !== undefined && (owner.order_id !== key.orderId || owner.attempt !== key.attempt);
}
