import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Clock } from '../drivers/contracts/clock.ts';
import { createFile, makeFolder, syncTree } from '../drivers/contracts/durable-file.ts';
import { StationFault } from '../drivers/contracts/fault.ts';
import { softwareTokenDir } from '../drivers/keys/token-files.ts';
import type { Journal } from '../queue/journal/journal.ts';
import type { OrderStore } from '../queue/store/order-store.ts';
import type { StationConfig } from './config/station-config.ts';

/** The parts of a configuration that say what is backed up. */
export type BackedUp = Pick<StationConfig, 'dataDir' | 'lettersDir'> & { readonly station: Pick<StationConfig['station'], 'id'>; readonly keys: Pick<StationConfig['keys'], 'environment'> };

/** What a backup says of itself. */
export interface BackupManifest {
  readonly kortverk: 1;
  readonly station: string;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  /** Whether the token's files are in it; a hardware token is saved by its own means. */
  readonly token: boolean;
  /** SHA-256 (hex) of every file by its path in the backup. */
  readonly files: Readonly<Record<string, string>>;
}

export const manifestName = 'manifest.json';

/**
 * Copies journal, store, pictures, sealed store key, letters and a software token into a new folder, with a manifest that
 * names each file's digest. Journal and store are copied through their open connections, each as of one instant; the
 * journal after the store, so that it knows of every order that the store calls made. Gives the number of files.
 */
export async function writeBackup(config: BackedUp, journal: Journal, store: OrderStore, clock: Clock, to: string): Promise<number> {
  makeFolder(to);
  if ((await readdir(to)).length > 0) throw new StationFault('CLI-USAGE', { field: 'to', note: `${to} is not empty` });
  makeFolder(join(to, 'data', 'store'));
  store.backup(join(to, 'data', 'store', 'orders.sqlite'));
  await copyTree(join(config.dataDir, 'store', 'files'), join(to, 'data', 'store', 'files'));
  await cp(join(config.dataDir, 'store.key'), join(to, 'data', 'store.key'));
  journal.backup(join(to, 'data', 'journal.sqlite'));
  await copyTree(config.lettersDir, join(to, 'letters'));
  const tokenDir = softwareTokenDir(config.keys.environment);
  if (tokenDir !== null) await copyTree(tokenDir, join(to, 'token'));
  const files = await digestsBelow(to);
  const manifest: BackupManifest = { kortverk: 1, station: config.station.id, at: clock.now(), token: tokenDir !== null, files };
  // A folder with a manifest is a whole backup: everything that it names is on the disk before it.
  syncTree(to);
  createFile(join(to, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
  return Object.keys(files).length;
}

async function copyTree(from: string, to: string): Promise<void> {
  if (existsSync(from)) await cp(from, to, { recursive: true, preserveTimestamps: true, filter: (path) => !/\/\.[^/]*$|\.part$/.test(path) });
}

/** SHA-256 (hex) of every file below a folder but the manifest, by path. */
export async function digestsBelow(folder: string): Promise<Readonly<Record<string, string>>> {
  const digests: Record<string, string> = {};
  for (const name of (await readdir(folder, { recursive: true })).toSorted()) {
    const path = join(folder, name);
    if (name === manifestName || !(await stat(path)).isFile()) continue;
    digests[relative(folder, path)] = createHash('sha256').update(await readFile(path)).digest('hex');
  }
  return digests;
}
