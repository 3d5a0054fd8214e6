import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createFile, syncFolder } from '../../drivers/contracts/durable-file.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';

/** Lies in the data folder from before the first file of a backup is laid out until what is not known any more is held. */
const markName = 'restore-unfinished';

/** Says, before anything is laid out, that a restore has begun in an empty data folder. */
export function beginRestore(dataDir: string): void {
  createFile(join(dataDir, markName), 'A restore began here and has not ended.\n');
}

/** Says that the station is whole again. */
export function endRestore(dataDir: string): void {
  rmSync(join(dataDir, markName));
  syncFolder(dataDir);
}

/**
 * Throws `STO-BROKEN` where a restore was cut off: orders whose cards may have been made would be taken for untouched, and
 * be made again.
 */
export function requireRestored(dataDir: string): void {
  if (existsSync(join(dataDir, markName))) throw new StationFault('STO-BROKEN', { note: `a restore into ${dataDir} was cut off: empty that folder (and the token's and the letters', as far as it filled them), and restore again` });
}
