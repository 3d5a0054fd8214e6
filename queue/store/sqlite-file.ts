import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { makeFolder } from '../../drivers/contracts/durable-file.ts';

/** How long an opener waits for a short reader to leave, in milliseconds. */
const busyTimeoutMs = 1_000;

/**
 * Opens a SQLite file for one writer and takes its lock, which the process holds until it closes the file or dies. WAL
 * with `synchronous=FULL` makes each commit one fsync (queue.md 2.8); the locking mode is set before the first access,
 * so that the index of the log lives in this process and no second process can even read. The lock belongs to the
 * process and the file: nothing else in this process may open and close the file. Throws what SQLite and the file
 * system throw.
 */
export function openSqliteFile(path: string): Database.Database {
  makeFolder(dirname(path));
  createPrivately(path);
  const db = new Database(path, { timeout: busyTimeoutMs });
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('secure_delete = ON');
    db.pragma('temp_store = MEMORY');
    db.exec('begin exclusive; commit');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Never opens a file that exists: closing it again would end the lock that this process may hold on it (POSIX locks). */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (sqliteCode(error) !== 'EEXIST') throw error;
  }
}

/** Why a file could not be opened or used. */
export type SqliteTrouble = 'in-use' | 'broken' | 'disk';

/** Sorts an error of SQLite or of the file system. */
export function sqliteTrouble(error: unknown): SqliteTrouble {
  const code = sqliteCode(error);
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'in-use';
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' ? 'broken' : 'disk';
}

/** The code of an error of SQLite or of the file system, for a note. */
export function sqliteCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}
