import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { systemClock } from '../drivers/contracts/clock.ts';
import { DisposalStack } from '../drivers/contracts/disposal.ts';
import { asStationFault } from '../drivers/contracts/fault.ts';
import { packageRoot } from '../drivers/contracts/package-root.ts';
import type { PrinterProtocol } from '../simulator/machine/endpoints.ts';
import { openCore } from './compose-core.ts';
import { openQueue } from './compose-queue.ts';
import { ruleContext } from './compose-rules.ts';
import { simulatedAttendant } from './compose-simulated-person.ts';
import { openSimulation, type Simulation } from './compose-simulation.ts';
import { readStationConfig } from './config/read-config.ts';
import type { StationConfig } from './config/station-config.ts';
import { checkOrders } from './intake/check-orders.ts';
import type { CardPictures } from './station/dossier.ts';
import { batchIdAt } from './station/batch-book.ts';
import { BatchSession, type BatchSessionParts } from './station/batch-session.ts';
import type { BatchReport } from './station/batch-report.ts';
import { knownOrders } from './station/known-orders.ts';
import { nobodyThere } from './station/attendant.ts';
import type { StationCore } from './station/station-rooms.ts';

/** What the `batch` command was told. */
export interface BatchRequest {
  readonly paths: readonly string[];
  /** Everything of the run lies here: station data, machine, token, results. */
  readonly dir: string;
  readonly simulate: boolean;
  readonly configFile: string | null;
  readonly timeFactor: number;
  /** What the printer of a simulated machine speaks, when it is started. */
  readonly printerProtocol?: PrinterProtocol | undefined;
  /** One line a card, while it runs. */
  readonly say: (line: string) => void;
  /** How far the batch is, whenever something begins. */
  readonly progress: (progress: { readonly done: number; readonly total: number; readonly now: string }) => void;
  /** Troubles that mend themselves, for the log. */
  readonly onTrouble: (where: string, error: unknown) => void;
}

/**
 * Takes orders from files and produces them to the end: checks all of them first, finishes what a former process left,
 * then makes the cards. `drain` lets the card in the machine be finished, `signal` ends at once. Throws what ends a daemon, and what is wrong with the configuration.
 */
export async function runBatchCommand(request: BatchRequest, drain: AbortSignal, signal: AbortSignal): Promise<BatchReport> {
  await using opened = new DisposalStack();
  const simulation = request.simulate ? opened.use(await openSimulation({ dir: request.dir, timeFactor: request.timeFactor, printerProtocol: request.printerProtocol, profilesDir: join(packageRoot(), 'samples', 'profiles') }, systemClock, signal)) : null;
  if (simulation?.token.created === true) for (const key of simulation.token.masterKeys) request.say(`Key made  ${key.label} version ${key.version}  check value ${key.checkValue}`);
  let machineIsOurs = true;
  if (simulation !== null) opened.defer(async () => (machineIsOurs ? simulation.stopOwnMachine() : undefined));
  const config = simulation?.config ?? (await readStationConfig(request.configFile ?? 'kortverk.json'));
  const session = new BatchSession(systemClock, request.say, request.progress);
  const opening = openCore(config, systemClock, session.observer, signal).catch((error: unknown) => {
    // The machine belongs to whoever holds the journal: a second run, refused, must not end it under the first.
    machineIsOurs = asStationFault(error).code !== 'JRN-IN-USE';
    throw error;
  });
  const { core } = opened.use(await opening);
  const intake = await checkOrders(request.paths, ruleContext(config.site, core.profiles, core.renderer, knownOrders(core.store), core.clock));
  const batchId = batchIdAt(core.clock.now());
  const person = simulation === null ? null : simulatedAttendant(simulation.control, core, () => batchId);
  const parts: BatchSessionParts = {
    core,
    intake,
    results: join(resolve(request.dir), 'results'),
    pictures: simulation === null ? async () => ({ front: null, back: null }) : machinePictures(simulation),
    attendant: person ?? nobodyThere,
    batch: { batchId, keeper: person },
    openQueue: () => openStationQueue(config, core, request, opened, signal),
  };
  return await session.run(parts, drain, signal);
}

async function openStationQueue(config: StationConfig, core: StationCore, request: BatchRequest, opened: DisposalStack, signal: AbortSignal): ReturnType<BatchSessionParts['openQueue']> {
  return opened.use(await openQueue(config, core, request.onTrouble, signal));
}

function machinePictures({ endpoints }: Simulation): CardPictures {
  const file = (uid: string, side: 'front' | 'back'): string | null => {
    const path = join(endpoints.folder, 'pictures', `${uid}-${side}.png`);
    return existsSync(path) ? path : null;
  };
  return async (uid) => ({ front: file(uid, 'front'), back: file(uid, 'back') });
}
