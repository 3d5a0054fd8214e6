import { join } from 'node:path';
import { systemClock } from '../drivers/contracts/clock.ts';
import { DisposalStack } from '../drivers/contracts/disposal.ts';
import { openSqliteJournal } from '../queue/journal/sqlite-journal.ts';
import { openOrderStore } from '../queue/store/sqlite-order-store.ts';
import { openRenderer } from '../templates/render/card-renderer.ts';
import type { OpenedDesk } from './compose-ask.ts';
import { askBench } from './compose-bench.ts';
import { writeBackup } from './compose-backup.ts';
import { dataKey, openKeys } from './compose-core.ts';
import { ruleContext } from './compose-rules.ts';
import type { StationConfig } from './config/station-config.ts';
import { requireRestored } from './files/restore-mark.ts';
import { checkOrders } from './intake/check-orders.ts';
import { readProfiles } from './intake/read-profiles.ts';
import { stationDesk } from './station/desk.ts';
import { knownOrders } from './station/known-orders.ts';

/** The desk of a station over its files. Throws `JRN-IN-USE` when another process holds them, `KEY-UNAVAILABLE`, `STO-BROKEN` where a restore was cut off. */
export async function openLocalDesk(config: StationConfig): Promise<OpenedDesk> {
  requireRestored(config.dataDir);
  await using opened = new DisposalStack();
  const journal = opened.use(openSqliteJournal({ path: join(config.dataDir, 'journal.sqlite'), clock: systemClock }));
  const keys = opened.use(await openKeys(config));
  using storeKey = await dataKey(config.dataDir, keys);
  const numbers = config.station.cardNumbers;
  const store = opened.use(openOrderStore({ dir: join(config.dataDir, 'store'), dataKey: storeKey, clock: systemClock, ...(numbers === undefined ? {} : { cardNumbers: numbers }) }));
  const desk = stationDesk({
    stationId: config.station.id,
    clock: systemClock,
    signal: new AbortController().signal,
    store,
    journal,
    production: null,
    keeper: null,
    checkOrders: async (paths) => {
      const renderer = await openRenderer({ cacheDir: join(config.dataDir, 'cache') });
      return checkOrders(paths, ruleContext(config.site, await readProfiles(config), renderer, knownOrders(store), systemClock));
    },
    backup: (to) => writeBackup(config, journal, store, systemClock, to),
    bench: async () => ({ ...(await askBench(config, (await readProfiles(config)).cards.filter(({ release }) => release.approved), 0)), printedMs: journal.printedMs() }),
    requireBatch: async () => undefined,
  });
  const held = opened.move();
  return { desk, [Symbol.asyncDispose]: () => held[Symbol.asyncDispose]() };
}
