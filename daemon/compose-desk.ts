import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../drivers/contracts/clock.ts';
import { DisposalStack } from '../drivers/contracts/disposal.ts';
import { StationFault } from '../drivers/contracts/fault.ts';
import { openSqliteJournal } from '../queue/journal/sqlite-journal.ts';
import { openOrderStore } from '../queue/store/sqlite-order-store.ts';
import { openRenderer } from '../templates/render/card-renderer.ts';
import { daemonAnswers, deskOfDaemon } from './api/desk-client.ts';
import { writeBackup } from './compose-backup.ts';
import { dataKey, openKeys } from './compose-core.ts';
import { ruleContext } from './compose-rules.ts';
import { readStationConfig } from './config/read-config.ts';
import type { StationConfig } from './config/station-config.ts';
import { checkOrders } from './intake/check-orders.ts';
import { readProfiles } from './intake/read-profiles.ts';
import { stationDesk } from './station/desk.ts';
import { knownOrders } from './station/known-orders.ts';
import type { StationDesk } from './station/station-desk.ts';

/** A desk, and how to leave it. */
export interface OpenedDesk extends AsyncDisposable {
  readonly desk: StationDesk;
  readonly config: StationConfig;
}

/** Where the configuration lies unless told otherwise: beside the caller, or in the folder of the simulated station. */
const usualConfigs = ['kortverk.json', join('var', 'kortverk.json')];

/** The configuration file to use. Throws `CFG-INVALID` when none is named and none lies where it usually does. */
export function configFileOf(named: string | undefined): string {
  const file = named ?? usualConfigs.find((path) => existsSync(path));
  if (file === undefined) throw new StationFault('CFG-INVALID', { field: 'config', note: `name it with --config; looked for ${usualConfigs.join(', ')}` });
  return file;
}

/** Where the daemon of a station listens. */
export function deskSocketOf({ dataDir }: Pick<StationConfig, 'dataDir'>): string {
  return join(dataDir, 'desk.sock');
}

/**
 * The desk of a station: its daemon's where one answers, else one over its files, which nobody else can use meanwhile. Throws
 * `CFG-INVALID`, `JRN-IN-USE` when another process holds the files (a batch runs), `KEY-UNAVAILABLE`.
 */
export async function openDesk(configFile: string): Promise<OpenedDesk> {
  const config = await readStationConfig(configFile);
  const socket = deskSocketOf(config);
  if (await daemonAnswers(socket)) return { desk: deskOfDaemon(socket), config, [Symbol.asyncDispose]: async () => undefined };
  await using opened = new DisposalStack();
  const journal = opened.use(openSqliteJournal({ path: join(config.dataDir, 'journal.sqlite'), clock: systemClock }));
  const keys = opened.use(await openKeys(config));
  using storeKey = await dataKey(config.dataDir, keys);
  const numbers = config.station.cardNumbers;
  const store = opened.use(openOrderStore({ dir: join(config.dataDir, 'store'), dataKey: storeKey, clock: systemClock, ...(numbers === undefined ? {} : { cardNumbers: numbers }) }));
  const desk = stationDesk({
    stationId: config.station.id,
    clock: systemClock,
    store,
    journal,
    production: null,
    keeper: null,
    checkOrders: async (paths) => {
      const renderer = await openRenderer({ cacheDir: join(config.dataDir, 'cache') });
      return checkOrders(paths, ruleContext(config.site, await readProfiles(config.profilesDir), renderer, knownOrders(store), systemClock));
    },
    backup: (to) => writeBackup(config, journal, store, systemClock, to),
  });
  const held = opened.move();
  return { desk, config, [Symbol.asyncDispose]: () => held[Symbol.asyncDispose]() };
}
