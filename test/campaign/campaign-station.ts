import { setMaxListeners } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCore } from '../../daemon/compose-core.ts';
import { openQueue } from '../../daemon/compose-queue.ts';
import { ruleContext } from '../../daemon/compose-rules.ts';
import { openSimulation } from '../../daemon/compose-simulation.ts';
import type { StationConfig } from '../../daemon/config/station-config.ts';
import { checkOrders } from '../../daemon/intake/check-orders.ts';
import { deliverWaiting, keepDelivering, type DeliveryParts } from '../../daemon/portal/deliver-outbox.ts';
import { openFolderMailbox } from '../../daemon/portal/mailbox.ts';
import { acceptOrders } from '../../daemon/station/accept-orders.ts';
import { knownOrders } from '../../daemon/station/known-orders.ts';
import { withdrawOrder } from '../../daemon/station/order-desk.ts';
import type { Production } from '../../daemon/station/production.ts';
import { recoverAttempts } from '../../daemon/station/recover-attempts.ts';
import { runBatch } from '../../daemon/station/run-batch.ts';
import type { StationCore } from '../../daemon/station/station-rooms.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { asStationFault } from '../../drivers/contracts/fault.ts';
import { runCampaignDaemon } from './campaign-daemon.ts';
import { campaignPerson } from './campaign-person.ts';
import type { StationEnd, StationPlan } from './station-plan.ts';

/**
 * One station of a campaign as a process: the rooms of the product put together as its commands do it, on a Redis and
 * a printer behind wires that can be cut, with a person who mends what can be mended. Ends when its orders are made.
 */
const withdrawalLookMs = 150;
/** The machines of a campaign print in no time: a silent one is given up sooner than a real one. */
const printTimeoutMs = 120_000;
const plan = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as StationPlan;
const never = new AbortController().signal;
setMaxListeners(0, never);
const say = (line: string): void => { process.stderr.write(`${line}\n`); };
const trouble = (where: string, error: unknown): void => say(`${where}: ${error instanceof Error ? error.message : String(error)}`);

await using simulation = await openSimulation({ dir: plan.dir, timeFactor: 0, profilesDir: plan.profilesDir }, systemClock, never);
const config = campaignConfig(simulation.config);
await using opened = await openCore(config, systemClock, { effect: () => undefined, crosschecked: () => undefined }, never);
const { core } = opened;
const running: { production: Production | null } = { production: null };
await acceptNew(core, plan.orderPaths);
const over = new AbortController();
const delivery: DeliveryParts = { outbox: core.store.outbox, mailbox: await openFolderMailbox(mailboxFolder(config)), clock: core.clock, onTrouble: trouble };
const beside = Promise.all([keepDelivering(delivery, over.signal), keepWithdrawing(core, over.signal)]);
const end = await produce(core);
over.abort();
await beside;
await deliverWaiting(delivery, never);
process.stdout.write(`${JSON.stringify(end)}\n`);

/** From recovery, which needs no Redis, to the end of the batch, or of the daemon. */
async function produce(station: StationCore): Promise<StationEnd> {
  const person = campaignPerson(simulation.control, station.store, say);
  const tell = (orderId: string, result: { readonly kind: string }): void => say(`${orderId} ${result.kind}`);
  const { site } = plan;
  if (site !== null) return runCampaignDaemon({ config, core: station, plan, site, attendant: person, listener: tell, onTrouble: trouble, accept: (paths) => acceptNew(station, paths), onProduction: (production) => { running.production = production; } });
  const due = dueOrders(station);
  const pause = await recoverAttempts(station, person, due, tell, never);
  if (pause !== null) return { pausedFor: pause.reason };
  await using queue = await openQueue(config, station, trouble, never, { lockMs: plan.lockMs, stalledCheckMs: plan.lockMs / 2 });
  const batch = { orderIds: dueOrders(station), attendant: person, listener: tell, openWorker: queue.openWorker.bind(queue) };
  const ended = await runBatch(station, queue.queue, batch, never, never);
  return { pausedFor: ended.kind === 'paused' ? ended.reason : null };
}

/** Orders whose cards are still to be made, as far as this station knows. */
function dueOrders({ journal, store }: StationCore): readonly string[] {
  const isUntouched = (orderId: string): boolean => journal.recordsOf(orderId).length === 0;
  return plan.orderIds.filter((orderId) => (journal.outcomeOf(orderId)?.outcome ?? 'again') === 'again' && !(store.summaryOf(orderId)?.state === 'WITHDRAWN' && isUntouched(orderId)));
}

/** Judges and stores the orders that this station has not stored yet; like the daemon it takes each in once. */
async function acceptNew({ store, profiles, renderer, clock }: StationCore, paths: readonly string[]): Promise<void> {
  if (paths.every((path) => store.summaryOf(basename(path, '.json')) !== null)) return;
  const { accepted, refused } = await checkOrders(paths, ruleContext(config.site, profiles, renderer, knownOrders(store), clock));
  for (const { findings } of refused) say(`refused: ${JSON.stringify(findings)}`);
  acceptOrders(store, accepted);
}

/** The portal takes orders back while cards are made; one whose card is out stays made. */
async function keepWithdrawing(station: StationCore, signal: AbortSignal): Promise<void> {
  const told = new Set<string>();
  while (!signal.aborted) {
    const wanted = existsSync(plan.withdrawals) ? readFileSync(plan.withdrawals, 'utf8').split('\n').slice(0, -1) : [];
    for (const orderId of wanted) {
      // The portal speaks with the station where an order came in.
      if (!told.has(orderId) && plan.orderIds.includes(orderId)) await withdraw(station, orderId);
      told.add(orderId);
    }
    await sleep(withdrawalLookMs, undefined, { signal }).catch(() => undefined);
  }
}

async function withdraw({ store }: StationCore, orderId: string): Promise<void> {
  try {
    say(`${orderId} ${withdrawOrder(store, orderId, 'portal')}`);
  } catch (error) {
    // Produced already, taken back before, or not come in yet.
    if (!['CLI-USAGE', 'STO-UNKNOWN-ORDER'].includes(asStationFault(error).code)) throw error;
    return;
  }
  await running.production?.takeBack(orderId);
}

function mailboxFolder({ mailbox }: StationConfig): string {
  if (mailbox?.kind !== 'folder') throw new Error('a simulated station has another mailbox than expected');
  return mailbox.folder;
}

function campaignConfig(base: StationConfig): StationConfig {
  const { printer } = base.bench;
  if (printer.protocol !== 'evolis') throw new Error('a simulated bench has another printer than expected');
  return {
    ...base,
    station: { ...base.station, id: plan.stationId, stations: [...plan.stations], cardNumbers: plan.cardNumbers, ...(plan.site === null ? {} : { sharing: { keyFile: plan.site.keyFile, remake: 'elsewhere' as const } }) },
    queue: { kind: 'server', host: '127.0.0.1', port: plan.redisPort, tls: false },
    bench: { ...base.bench, limits: { ...base.bench.limits, printTimeoutMs }, printer: { ...printer, link: { kind: 'tcp', host: '127.0.0.1', port: plan.printerPort } } },
  };
}
