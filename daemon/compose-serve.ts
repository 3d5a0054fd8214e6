import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../drivers/contracts/clock.ts';
import { DisposalStack } from '../drivers/contracts/disposal.ts';
import { StationFault } from '../drivers/contracts/fault.ts';
import { packageRoot } from '../drivers/contracts/package-root.ts';
import type { PrinterProtocol } from '../simulator/machine/endpoints.ts';
import { openDeskServer } from './api/desk-server.ts';
import { openMetricsServer } from './api/metrics-server.ts';
import { writeBackup } from './compose-backup.ts';
import { benchAtStart, benchDesk, type BenchDesk } from './compose-bench.ts';
import { openCore } from './compose-core.ts';
import { configFileOf, deskSocketOf } from './compose-ask.ts';
import { checkStanding, openQueue, type OpenedQueue } from './compose-queue.ts';
import { ruleContext } from './compose-rules.ts';
import { simulatedAttendant, type SimulatedAttendant } from './compose-simulated-person.ts';
import { openSimulation } from './compose-simulation.ts';
import { readStationConfig } from './config/read-config.ts';
import type { StationConfig } from './config/station-config.ts';
import { checkOrders } from './intake/check-orders.ts';
import { keepDelivering } from './portal/deliver-outbox.ts';
import { openFolderMailbox, openHttpMailbox, type Mailbox } from './portal/mailbox.ts';
import { revokingMailbox } from './station/revoke-certificates.ts';
import type { ProductionObserver } from './produce/station-parts.ts';
import { nobodyThere } from './station/attendant.ts';
import { bringBlanks } from './station/begin-batch.ts';
import { accountLine } from './station/batch-account.ts';
import { benchLine, cardLine, scrapLines } from './station/batch-report.ts';
import { stationDesk } from './station/desk.ts';
import { knownOrders } from './station/known-orders.ts';
import type { WorkListener } from './station/order-handler.ts';
import { Production } from './station/production.ts';
import { recoverAttempts } from './station/recover-attempts.ts';
import { keepWarning } from './station/warn-late.ts';
import { forgetOldOrders, keepForgetting } from './station/retention.ts';
import { shiftOf } from './station/record-blanks.ts';
import type { StationCore } from './station/station-rooms.ts';

/** What the `serve` command was told. */
export interface ServeRequest {
  readonly simulate: boolean;
  readonly configFile: string | undefined;
  /** Folder of a simulated station. */
  readonly dir: string;
  readonly timeFactor: number;
  /** File (JSON) with settings of the simulated station beyond its own, such as the site it belongs to. */
  readonly settingsFile: string | undefined;
  /** What the printer of a simulated machine speaks, when it is started. */
  readonly printerProtocol?: PrinterProtocol | undefined;
  readonly say: (line: string) => void;
  readonly onTrouble: (where: string, error: unknown) => void;
}

const watching: ProductionObserver = { effect: () => undefined, crosschecked: () => undefined };

/**
 * The daemon: goes on with what a former process left open, then makes cards from the queue, answers the desk's socket,
 * delivers to the portal and forgets what must be forgotten, until `drain`: then the card in the machine is finished and
 * the rest stays queued. `signal` ends at once. Throws what ends a daemon, and what is wrong with the configuration.
 */
export async function serve(request: ServeRequest, drain: AbortSignal, signal: AbortSignal): Promise<void> {
  await using opened = new DisposalStack();
  const simulation = request.simulate ? opened.use(await openSimulation({ dir: request.dir, timeFactor: request.timeFactor, printerProtocol: request.printerProtocol, profilesDir: join(packageRoot(), 'samples', 'profiles'), settings: await settingsOf(request.settingsFile) }, systemClock, signal)) : null;
  if (simulation !== null) opened.defer(() => simulation.stopOwnMachine());
  const config = simulation?.config ?? (await readStationConfig(configFileOf(request.configFile)));
  const { core } = opened.use(await openCore(config, systemClock, watching, signal));
  await chmod(config.dataDir, 0o700);
  const person = simulation === null ? null : simulatedAttendant(simulation.control, core, (orderId) => batchFor(core, orderId));
  const listener: WorkListener = (orderId, result) => {
    const line = accountLine(core.journal, orderId, result);
    for (const said of [cardLine(line, undefined, new Date(core.clock.now()).toISOString()), ...scrapLines(line)]) request.say(said);
  };
  await checkStanding(config, core, request.onTrouble, signal);
  await bringBlanks(core, person, batchAtWork(core));
  const paused = await recoverAttempts(core, person ?? nobodyThere, [], listener, signal);
  if (paused !== null) request.say(`The machine waits: ${paused.reason}`);
  const queue = opened.use(await openQueue(config, core, request.onTrouble, signal));
  await work({ request, config, core, queue, person, listener, drain, signal });
}

async function settingsOf(file: string | undefined): Promise<Readonly<Record<string, unknown>>> {
  if (file === undefined) return {};
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new StationFault('CFG-INVALID', { field: file, note: 'the file cannot be read as JSON' }, error);
  }
}

/** The batch that blanks for an order are issued for: its own while that runs, else one that runs, else the day. */
function batchFor(core: StationCore, orderId: string): string {
  const { batches } = core.store;
  const own = batches.batchOf(orderId);
  return own !== null && batches.find(own)?.state === 'RUNNING' ? own : batchAtWork(core);
}

/** The batch whose cards are being made, else the day. */
function batchAtWork({ store, clock }: StationCore): string {
  return store.batches.list().find(({ state }) => state === 'RUNNING')?.batchId ?? shiftOf(clock.now());
}

interface WorkParts {
  readonly request: ServeRequest;
  readonly config: StationConfig;
  readonly core: StationCore;
  readonly queue: OpenedQueue;
  readonly person: SimulatedAttendant | null;
  readonly listener: WorkListener;
  readonly drain: AbortSignal;
  readonly signal: AbortSignal;
}

/** Production, desk, delivery and retention at once; all of them end when production does. */
async function work({ request, config, core, queue, person, listener, drain, signal }: WorkParts): Promise<void> {
  const { onTrouble } = request;
  const bench = benchDesk(config, core, signal);
  const production = new Production(core, queue.queue, { attendant: person ?? nobodyThere, keeper: person, listener, openWorker: (handler) => queue.openWorker(handler), rested: () => bench.watch.look(signal), onTrouble }, drain, signal);
  for (const finding of await benchAtStart(core, signal)) request.say(benchLine(finding));
  const ended = new AbortController();
  const beside = AbortSignal.any([ended.signal, signal]);
  const desk = deskOf(config, core, production, person, bench, beside);
  await using _server = await openDeskServer(deskSocketOf(config), desk);
  await using metrics = config.metrics === undefined ? null : await openMetricsServer(config.metrics, desk);
  if (metrics !== null) request.say(`Metrics: http://${config.metrics?.host ?? ''}:${String(metrics.port)}/metrics`);
  const mailbox = await mailboxOf(config);
  const forget = async (): Promise<void> => {
    const orders = await forgetOldOrders(core.store, config.lettersDir, config.retention.personalDataDays, core.clock.now());
    if (orders > 0) request.say(`Personal data of ${orders} orders was erased.`);
  };
  const others = [
    ...(mailbox === null ? [] : [keepDelivering({ outbox: core.store.outbox, mailbox: revokingMailbox(mailbox, core.revoke), clock: core.clock, onTrouble }, beside)]),
    keepForgetting(forget, core.clock, onTrouble, beside),
    keepWarning(core.store, core.clock, onTrouble, beside),
  ];
  request.say(`Serving: station ${config.station.id}, desk ${deskSocketOf(config)}`);
  try {
    await production.run();
  } finally {
    ended.abort();
    await Promise.allSettled(others);
  }
}

function deskOf(config: StationConfig, core: StationCore, production: Production, person: SimulatedAttendant | null, { bench, requireBatch }: BenchDesk, signal: AbortSignal): ReturnType<typeof stationDesk> {
  return stationDesk({
    stationId: config.station.id,
    clock: core.clock,
    signal,
    store: core.store,
    journal: core.journal,
    production,
    keeper: person,
    checkOrders: (paths) => checkOrders(paths, ruleContext(config.site, core.profiles, core.renderer, knownOrders(core.store), core.clock)),
    backup: (to) => writeBackup(config, core.journal, core.store, core.clock, to),
    bench,
    requireBatch,
  });
}

async function mailboxOf({ mailbox }: StationConfig): Promise<Mailbox | null> {
  if (mailbox === undefined) return null;
  return mailbox.kind === 'folder' ? openFolderMailbox(mailbox.folder) : openHttpMailbox(mailbox.url, mailbox.tokenFile ?? null);
}
