import { existsSync } from 'node:fs';
import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../drivers/contracts/clock.ts';
import { makeFolder, syncTree } from '../drivers/contracts/durable-file.ts';
import { StationFault } from '../drivers/contracts/fault.ts';
import { softwareTokenDir } from '../drivers/keys/token-files.ts';
import { openSqliteJournal } from '../queue/journal/sqlite-journal.ts';
import type { OrderStore } from '../queue/store/order-store.ts';
import { openOrderStore } from '../queue/store/sqlite-order-store.ts';
import { digestsBelow, manifestName, type BackupManifest } from './compose-backup.ts';
import { dataKey, openKeys } from './compose-core.ts';
import { readStationConfig } from './config/read-config.ts';
import type { StationConfig } from './config/station-config.ts';
import { beginRestore, endRestore, requireRestored } from './files/restore-mark.ts';

/** No station makes cards faster than this, so that the numbers given since a backup can be bounded. */
const SHORTEST_CARD_MS = 5_000;
const ALWAYS_LEFT_OUT = 100;

/** What a restore did. */
export interface Restored {
  readonly files: number;
  readonly orders: number;
  /** Orders whose cards may have been made after the backup. */
  readonly held: readonly string[];
  readonly numbersLeftOut: number;
}

/**
 * Lays a backup out where the configuration says, on a station that has no data yet. What happened after the backup is
 * not known: unless somebody vouches that nothing did, orders that were due then are held (a lost journal means hold, not
 * guess), and the card numbers that may have been given since are left out. A restore that was cut off leaves a station that
 * cannot be started. Throws `CLI-USAGE` when the station
 * has data, or the backup is another station's; `STO-BROKEN` when a file is not as the manifest says, `STO-WRITE`.
 */
export async function restoreBackup(configFile: string, folder: string, vouchedBy: string | null): Promise<Restored> {
  const config = await readStationConfig(configFile);
  const manifest = await readManifest(folder);
  if (manifest.station !== config.station.id) throw new StationFault('CLI-USAGE', { field: 'station', note: `the backup is of ${manifest.station}` });
  await checkFiles(folder, manifest);
  const tokenDir = manifest.token ? softwareTokenDir(config.keys.environment) : null;
  for (const target of [config.dataDir, ...(tokenDir === null ? [] : [tokenDir])]) await mustBeEmpty(target);
  beginRestore(config.dataDir);
  await layOut(join(folder, 'data'), config.dataDir);
  if (existsSync(join(folder, 'letters'))) await layOut(join(folder, 'letters'), config.lettersDir);
  if (tokenDir !== null) await layOut(join(folder, 'token'), tokenDir);
  const taken = await takeUp(config, manifest, vouchedBy);
  endRestore(config.dataDir);
  return { files: Object.keys(manifest.files).length, ...taken };
}

async function readManifest(folder: string): Promise<BackupManifest> {
  try {
    return JSON.parse(await readFile(join(folder, manifestName), 'utf8')) as BackupManifest;
  } catch (error) {
    throw new StationFault('CLI-USAGE', { field: 'folder', note: `${folder} holds no whole backup` }, error);
  }
}

async function checkFiles(folder: string, { files }: BackupManifest): Promise<void> {
  const found = await digestsBelow(folder);
  const wrong = Object.entries(files).find(([path, digest]) => found[path] !== digest);
  if (wrong !== undefined) throw new StationFault('STO-BROKEN', { note: `${wrong[0]} of the backup is gone or changed` });
}

async function mustBeEmpty(folder: string): Promise<void> {
  makeFolder(folder);
  requireRestored(folder);
  if ((await readdir(folder)).length > 0) throw new StationFault('CLI-USAGE', { field: 'dataDir', note: `${folder} is not empty: a station with data is not written over` });
}

async function layOut(from: string, to: string): Promise<void> {
  try {
    await cp(from, to, { recursive: true, errorOnExist: true, force: false, preserveTimestamps: true });
    syncTree(to);
  } catch (error) {
    throw new StationFault('STO-WRITE', { note: `${from} cannot be laid out in ${to}` }, error);
  }
}

/** Opens what was laid out, which proves that it can be opened, and marks what is not known any more. */
async function takeUp(config: StationConfig, { at }: BackupManifest, vouchedBy: string | null): Promise<Omit<Restored, 'files'>> {
  using journal = openSqliteJournal({ path: join(config.dataDir, 'journal.sqlite'), clock: systemClock });
  const report = journal.verify();
  if (report.brokenAt !== null) throw new StationFault('JRN-BROKEN', { note: report.reason ?? '', data: { seq: report.brokenAt } });
  await using keys = await openKeys(config);
  using storeKey = await dataKey(config.dataDir, keys);
  const numbers = config.station.cardNumbers;
  using store = openOrderStore({ dir: join(config.dataDir, 'store'), dataKey: storeKey, clock: systemClock, ...(numbers === undefined ? {} : { cardNumbers: numbers }) });
  const orders = Object.values(store.countByState()).reduce((sum, count) => sum + count, 0);
  if (vouchedBy !== null) return { orders, held: [], numbersLeftOut: 0 };
  const numbersLeftOut = ALWAYS_LEFT_OUT + Math.ceil(Math.max(0, systemClock.now() - at) / SHORTEST_CARD_MS);
  return { orders, numbersLeftOut, held: markUnknown(store, numbersLeftOut) };
}

function markUnknown(store: OrderStore, numbersLeftOut: number): readonly string[] {
  return store.atomically(() => {
    store.cardNumbers.leaveOut(numbersLeftOut);
    const due = store.listOrders(['APPROVED', 'QUEUED', 'IN_PRODUCTION']).map(({ orderId }) => orderId);
    for (const orderId of due) store.setState(orderId, 'HELD', { reasons: ['QC-UNKNOWN-OUTCOME'] });
    return due;
  });
}
