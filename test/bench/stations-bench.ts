import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCore } from '../../daemon/compose-core.ts';
import { ruleContext } from '../../daemon/compose-rules.ts';
import { openSimulation } from '../../daemon/compose-simulation.ts';
import type { StationConfig } from '../../daemon/config/station-config.ts';
import { checkOrders } from '../../daemon/intake/check-orders.ts';
import type { AcceptedOrder } from '../../daemon/intake/intake-result.ts';
import { acceptOrders } from '../../daemon/station/accept-orders.ts';
import type { StationCore } from '../../daemon/station/station-rooms.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { DisposalStack } from '../../drivers/contracts/disposal.ts';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { nothingKnown } from '../../queue/rules/rule-context.ts';
import { drawnOnce } from '../campaign/in-process-station.ts';
import { endMachine } from '../campaign/kill-loop.ts';
import { SiteRedis } from '../faults/own-redis.ts';
import { BenchStation } from './bench-station.ts';
import { line } from './measure.ts';

const never = new AbortController().signal;
/** Orders that wait at the first station for each station of the site. */
const ORDERS_A_STATION = 12;
const MOST_ORDERS = 900;

/** How long each size of a site is measured, and how fast its machines are: 1 as the real printer. */
export interface StationsBench {
  readonly sizes: readonly number[];
  readonly seconds: number;
  readonly timeFactor: number;
}

export const usualStationsBench: StationsBench = { sizes: [1, 10, 100], seconds: 180, timeFactor: 1 };

/**
 * Cards an hour of 1, 10 and 100 stations on one Redis: every order is taken in at the first, the others take theirs from
 * the shelf. Journal, store, driver, encoders, claims and queue are the real ones; machines and chips are in this process, the card is drawn once.
 */
export async function benchStations(say: (text: string) => void, bench: StationsBench = usualStationsBench): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'kv-bench-stations-'));
  const simulation = await openSimulation({ dir, timeFactor: bench.timeFactor, profilesDir: join(packageRoot(), 'samples', 'profiles') }, systemClock, never);
  try {
    await using opened = await openCore(simulation.config, systemClock, { effect: () => undefined, crosschecked: () => undefined }, never);
    const shared: StationCore = { ...opened.core, renderer: drawnOnce(opened.core.renderer) };
    const { accepted } = await checkOrders([join(packageRoot(), 'samples', 'batch')], ruleContext(simulation.config.site, shared.profiles, shared.renderer, nothingKnown, systemClock));
    const sample = accepted.find(({ order }) => order.card.technologyProfile === 'PIVC_MIFARE' && order.card.number === undefined);
    if (sample === undefined) throw new Error('no order for a card with both chips');
    await writeFile(join(dir, 'site.key'), randomBytes(32).toString('hex'));
    for (const size of bench.sizes) await benchSite({ dir: join(dir, `site-${size}`), keyFile: join(dir, 'site.key'), size, shared, sample, bench, base: simulation.config }, say);
  } finally {
    await simulation[Symbol.asyncDispose]();
    await endMachine(dir);
    await rm(dir, { recursive: true, force: true });
  }
}

interface SiteBench {
  readonly dir: string;
  readonly keyFile: string;
  readonly size: number;
  readonly shared: StationCore;
  readonly sample: AcceptedOrder;
  readonly bench: StationsBench;
  readonly base: StationConfig;
}

async function benchSite({ dir, keyFile, size, shared, sample, bench, base }: SiteBench, say: (text: string) => void): Promise<void> {
  await using redis = await SiteRedis.open(dir);
  await using opened = new DisposalStack();
  const ids = Array.from({ length: size }, (_, index) => `st${index + 1}`);
  const share = Math.floor(999_999 / size);
  const made: { readonly orderId: string; readonly at: number }[] = [];
  const stations: BenchStation[] = [];
  for (const [index, id] of ids.entries()) {
    const config: StationConfig = { ...base, queue: redis.queue, dataDir: join(dir, id), station: { ...base.station, id, stations: ids, cardNumbers: { prefix: 'BB', first: index * share + 1, last: (index + 1) * share }, sharing: { keyFile, remake: 'here' } } };
    stations.push(opened.use(await BenchStation.open({ dir: join(dir, id), config, shared, timeFactor: bench.timeFactor, onCard: (orderId) => made.push({ orderId, at: performance.now() }) })));
  }
  const count = Math.min(size * ORDERS_A_STATION, MOST_ORDERS);
  const orders = Array.from({ length: count }, (_, index): AcceptedOrder => ({ ...sample, order: { ...sample.order, orderId: `BENCH-${index}` }, contentHash: `${sample.contentHash.slice(0, 56)}${String(index).padStart(8, '0')}` }));
  const [first] = stations;
  if (first === undefined) throw new Error('a site without stations');
  acceptOrders(first.core.store, orders);
  await first.tell();
  const start = performance.now();
  await systemClock.sleep(bench.seconds * 1_000, never);
  const seconds = (performance.now() - start) / 1_000;
  const cards = made.length;
  if (new Set(made.map(({ orderId }) => orderId)).size !== cards) throw new Error('an order was made twice');
  const all = cards === count ? ' (all orders made before the end)' : '';
  say(line(`cards an hour, ${size} station${size === 1 ? '' : 's'} on one Redis`, `${Math.round((cards * 3_600) / seconds)} (${cards} cards in ${seconds.toFixed(0)} s, timing factor ${bench.timeFactor})${all}`));
}
