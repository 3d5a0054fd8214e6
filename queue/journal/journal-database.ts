import Database from 'better-sqlite3';
import { StationFault, type FaultCode } from '../../drivers/contracts/fault.ts';
import { openSqliteFile, sqliteCode, sqliteTrouble, type SqliteTrouble } from '../store/sqlite-file.ts';

const faultOf: Readonly<Record<SqliteTrouble, FaultCode>> = { 'in-use': 'JRN-IN-USE', broken: 'JRN-BROKEN', disk: 'JRN-WRITE' };

/** Opens the journal file for its one writer. Throws `JRN-IN-USE`, `JRN-BROKEN`, `JRN-WRITE`. */
export function openJournalDatabase(path: string): Database.Database {
  try {
    return openSqliteFile(path);
  } catch (error) {
    throw openingFault(error);
  }
}

/** Opens the journal file to read it while no daemon holds it. Throws `JRN-IN-USE`, `JRN-BROKEN`, `JRN-WRITE`. */
export function openJournalForReading(path: string): Database.Database {
  try {
    const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 0 });
    try {
      db.pragma('temp_store = MEMORY');
      db.prepare('select journal_id from station').get();
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    throw openingFault(error);
  }
}

/** A fault of a journal that could not be opened: in use, damaged, or the disk. A file of other content is no journal. */
export function openingFault(error: unknown): StationFault {
  if (error instanceof StationFault) return error;
  const code = sqliteCode(error);
  return new StationFault(code === 'SQLITE_ERROR' ? 'JRN-BROKEN' : faultOf[sqliteTrouble(error)], { note: code }, error);
}
