import type { Database } from 'better-sqlite3';
import type { Clock } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { DataCipher } from './data-cipher.ts';
import { sqliteCode, sqliteTrouble } from './sqlite-file.ts';

/** The store's database with its rules: every write in a transaction, nothing after a write that failed. */
export class StoreFile {
  readonly db: Database;
  readonly cipher: DataCipher;
  readonly clock: Clock;
  #failed = false;

  constructor(db: Database, cipher: DataCipher, clock: Clock) {
    this.db = db;
    this.cipher = cipher;
    this.clock = clock;
  }

  now(): number {
    return Math.trunc(this.clock.now());
  }

  /** Runs `work` in the transaction that is open, or in one of its own. Throws `STO-WRITE`; then the process must end. */
  write<T>(work: () => T): T {
    if (this.#failed) throw new StationFault('STO-WRITE', { note: 'an earlier write failed; the process must end' });
    if (this.db.inTransaction) return work();
    try {
      return this.db.transaction(work).immediate();
    } catch (error) {
      if (error instanceof StationFault || !isSqliteError(error)) throw error;
      this.#failed = true;
      throw new StationFault(sqliteTrouble(error) === 'broken' ? 'STO-BROKEN' : 'STO-WRITE', { note: sqliteCode(error) }, error);
    }
  }
}

function isSqliteError(error: unknown): boolean {
  return sqliteCode(error).startsWith('SQLITE_');
}
