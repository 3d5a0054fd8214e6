import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StationFault } from '../drivers/contracts/fault.ts';
import { daemonAnswers, deskOfDaemon } from './api/desk-client.ts';
import { socketPathFor } from '../queue/redis/socket-path.ts';
import { readStationConfig } from './config/read-config.ts';
import type { StationConfig } from './config/station-config.ts';
import type { StationDesk } from './station/station-desk.ts';

/** A desk, and how to leave it. */
export interface OpenedDesk extends AsyncDisposable {
  readonly desk: StationDesk;
}

/** Where the configuration lies unless told otherwise: beside the caller, or in the folder of the simulated station. */
const usualConfigs = ['kortverk.json', join('var', 'kortverk.json')];

/** The configuration file to use. Throws `CFG-INVALID` when none is named and none lies where it usually does. */
export function configFileOf(named: string | undefined): string {
  const file = named ?? usualConfigs.find((path) => existsSync(path));
  if (file === undefined) throw new StationFault('CFG-INVALID', { field: 'config', note: `name it with --config; looked for ${usualConfigs.join(', ')}` });
  return file;
}

/** Where the daemon of a station listens: in its data folder, or, when that path is too long for a socket, in a private folder of the user's. */
export function deskSocketOf({ dataDir }: Pick<StationConfig, 'dataDir'>): string {
  return socketPathFor(dataDir, undefined, 'desk.sock');
}

/**
 * The desk of a station: its daemon's where one answers, else one over its files, which nobody else can use meanwhile; what
 * that needs is loaded only then. Throws `CFG-INVALID`, `JRN-IN-USE` when another process holds the files (a batch
 * runs), `KEY-UNAVAILABLE`.
 */
export async function openDesk(configFile: string): Promise<OpenedDesk> {
  const config = await readStationConfig(configFile);
  const socket = deskSocketOf(config);
  if (await daemonAnswers(socket)) return { desk: deskOfDaemon(socket), [Symbol.asyncDispose]: async () => undefined };
  const { openLocalDesk } = await import('./compose-desk.ts');
  return await openLocalDesk(config);
}
