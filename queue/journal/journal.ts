import type { OwnedOrder } from '../claim/claims.ts';
import type { AttemptKey, JournalEntry, JournalRecord, OpenAttempt, Outcome } from './journal-entry.ts';

/** The result of walking the whole chain. `brokenAt` is the first record that does not verify. */
export interface ChainReport {
  readonly records: number;
  readonly head: string;
  readonly brokenAt: number | null;
  /** Why, in English, when broken: a gap, a hash that differs, a view that does not equal the fold of the records. */
  readonly reason: string | null;
}

/**
 * The write-ahead record of every physical step of every attempt: local, synced, hash-chained, append-only, one owner.
 * A call that returns has its record on the disk. Throws `JRN-IN-USE` on opening when another process holds it,
 * `JRN-BROKEN` when the tail of the chain does not verify, `JRN-WRITE` when the disk fails: then the process must end.
 */
export interface Journal extends Disposable {
  /**
   * Adds one record. Throws `QUE-FENCED` when the order was seen under a higher fence, `ENC-UID-USED` when an
   * `identified` UID belongs to another attempt, `QC-NUMBER-REUSED` when a `planned` card number does.
   */
  append(key: AttemptKey, entry: JournalEntry): JournalRecord;
  /** All records of an order, oldest first. */
  recordsOf(orderId: string): readonly JournalRecord[];
  /** Attempts without a `settled` record: first the one that may have a card in the machine, of which a station has at most one, then those that wait for an answer or go on after one. */
  openAttempts(): readonly OpenAttempt[];
  /** The last settled outcome of an order, or null when it has none. */
  outcomeOf(orderId: string): { readonly outcome: Outcome; readonly attempt: number; readonly cardNumber: string | null } | null;
  /** Settled outcomes that no `reported` record follows. */
  unreported(): readonly (AttemptKey & { readonly outcome: Outcome })[];
  /** Every order of this journal under its highest fence, for `Claims.publish`; `outcome` is null unless final (finished, refused). */
  owned(): readonly OwnedOrder[];
  /** The highest fence ever seen: a claim server that forgot must not go below it. */
  highestFence(): number;
  /** How long all prints recorded here took, milliseconds. */
  printedMs(): number;
  /** Which printer this journal belongs to; the first call binds it. Throws `JRN-OTHER-BENCH` for another serial number. */
  bind(printerSerial: string): void;
  /** Keeps the ciphertext of what is random and secret (PIN, PUK) beside the chain, so that it can be erased. */
  putSealed(key: AttemptKey, sealed: Uint8Array): void;
  sealedOf(orderId: string, attempt: number): Uint8Array | null;
  /** Keeps further ciphertext of the attempt under a name beside the chain, in place of what was kept under it before. */
  keep(key: AttemptKey, name: string, sealed: Uint8Array): void;
  keptOf(orderId: string, attempt: number, name: string): Uint8Array | null;
  /** Erases for good (secure delete) what `putSealed` and `keep` hold of an attempt. */
  eraseSealed(orderId: string, attempt: number): void;
  verify(): ChainReport;
  /** Copies the journal as of now into a new file, its text copy beside it. Throws `JRN-WRITE`. */
  backup(path: string): void;
}
