import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCore, type OpenedCore } from '../../daemon/compose-core.ts';
import { ruleContext } from '../../daemon/compose-rules.ts';
import { openSimulation, type Simulation } from '../../daemon/compose-simulation.ts';
import type { StationConfig } from '../../daemon/config/station-config.ts';
import { checkOrders } from '../../daemon/intake/check-orders.ts';
import type { AcceptedOrder } from '../../daemon/intake/intake-result.ts';
import { answerHold, openHolds } from '../../daemon/produce/answer-hold.ts';
import { produceOrder, type ProductionResult } from '../../daemon/produce/produce-order.ts';
import type { ProductionObserver, StationParts } from '../../daemon/produce/station-parts.ts';
import { acceptOrders } from '../../daemon/station/accept-orders.ts';
import { loadOrder } from '../../daemon/station/load-order.ts';
import type { StationCore } from '../../daemon/station/station-rooms.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import type { BenchLimits } from '../../drivers/contracts/bench.ts';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import type { Printer } from '../../drivers/contracts/printer.ts';
import type { JournalEntry } from '../../queue/journal/journal-entry.ts';
import type { Order } from '../../queue/order/order-schema.ts';
import { nothingKnown } from '../../queue/rules/rule-context.ts';
import type { PrinterProtocol } from '../../simulator/machine/endpoints.ts';
import type { BlankKind } from '../../simulator/script/control-protocol.ts';
import { simulatedPerson } from '../../simulator/script/simulated-person.ts';
import { endMachine } from '../campaign/kill-loop.ts';
import { checkPlastic, type PlasticVerdict } from '../campaign/plastic-checker.ts';

/** Limits of a bench whose machine takes no time: what does not come within them does not come. */
const hastyLimits = { moveTimeoutMs: 3_000, queryTimeoutMs: 3_000, presenceTimeoutMs: 6_000, exchangeTimeoutMs: 4_000, printTimeoutMs: 6_000 } as const;
const nobodyWatches: ProductionObserver = { effect: () => undefined, crosschecked: () => undefined };
const never = new AbortController().signal;
/** More rounds than any scenario needs of a person. */
const MOST_ROUNDS = 12;

/** The kinds of blanks that sample orders are for. */
export type SampleKind = Extract<BlankKind, 'mifare+piv' | 'piv'>;

/** Puts something in place of a part of the station, for one production. */
export type PartsChange = (parts: StationParts) => StationParts;

/**
 * A simulated station for scenarios of faults: a machine in a process of its own, and the real core of a station on
 * its wires (printer, card service, key store, authority). One machine serves all scenarios of a test file.
 */
export class FaultBench implements AsyncDisposable {
  readonly dir: string;
  readonly simulation: Simulation;
  readonly config: StationConfig;
  readonly #samples: Readonly<Record<SampleKind, AcceptedOrder>>;
  readonly #orderIds: string[] = [];
  #opened: OpenedCore;

  private constructor(dir: string, simulation: Simulation, config: StationConfig, opened: OpenedCore, samples: Readonly<Record<SampleKind, AcceptedOrder>>) {
    this.dir = dir;
    this.simulation = simulation;
    this.config = config;
    this.#opened = opened;
    this.#samples = samples;
  }

  /** Opens a bench whose printer speaks what is named, with the sample profiles or those of another folder. */
  static async open({ printerProtocol, profilesDir }: { readonly printerProtocol?: PrinterProtocol; readonly profilesDir?: string } = {}): Promise<FaultBench> {
    const dir = await mkdtemp(join(tmpdir(), 'kv-faults-'));
    const simulation = await openSimulation({ dir, timeFactor: 0, printerProtocol, profilesDir: profilesDir ?? join(packageRoot(), 'samples', 'profiles') }, systemClock, never);
    const config = { ...simulation.config, bench: { ...simulation.config.bench, limits: { ...simulation.config.bench.limits, ...hastyLimits } } };
    const opened = await openCore(config, systemClock, nobodyWatches, never);
    return new FaultBench(dir, simulation, config, opened, await sampleOrders(opened.core));
  }

  get core(): StationCore {
    return this.#opened.core;
  }

  get orderIds(): readonly string[] {
    return this.#orderIds;
  }

  get plasticLog(): string {
    return join(this.simulation.endpoints.folder, 'plastic.ndjson');
  }

  get journalFile(): string {
    return join(this.config.dataDir, 'journal.sqlite');
  }

  /** Ends the station and opens it anew, as a restart of the daemon does, under a changed configuration if one is given. */
  async restart(options: { readonly config?: StationConfig; readonly meanwhile?: () => Promise<void> } = {}): Promise<void> {
    await this.#opened[Symbol.asyncDispose]();
    await options.meanwhile?.();
    await this.start(options.config);
  }

  /** Opens the station again after a restart that failed. */
  async start(config: StationConfig = this.config): Promise<void> {
    this.#opened = await openCore(config, systemClock, nobodyWatches, never);
  }

  /** Counts an order that another process of this station took in. */
  adopt(orderId: string): void {
    this.#orderIds.push(orderId);
  }

  /** Accepts a new order for a card of this kind and puts blanks of the kind into the feeder, and no others. */
  async newOrder(kind: SampleKind = 'mifare+piv', blanks = 2): Promise<string> {
    const orderId = `FAULT-${String(this.#orderIds.length + 1).padStart(3, '0')}`;
    const accepted = this.#samples[kind];
    const order: Order = { ...accepted.order, orderId };
    const [acceptance] = acceptOrders(this.core.store, [{ ...accepted, order, contentHash: `${accepted.contentHash.slice(0, 56)}${orderId.slice(-3).padStart(8, '0')}` }]);
    if (acceptance?.answer !== 'stored') throw new Error(`${orderId} was not stored: ${acceptance?.answer ?? 'nothing'}`);
    this.#orderIds.push(orderId);
    await this.fill(kind, blanks);
    return orderId;
  }

  /** Makes the feeder hold exactly these blanks. */
  async fill(kind: BlankKind, blanks: number): Promise<void> {
    await simulatedPerson(this.simulation.control).fillFeeder(kind, blanks, 'LOT-FAULTS');
  }

  async arm(...faults: readonly string[]): Promise<void> {
    for (const fault of faults) await this.simulation.control.ask<'arm-fault'>({ do: 'arm-fault', fault });
  }

  /** Names of faults that have not happened yet. */
  async armed(): Promise<readonly string[]> {
    return (await this.simulation.control.ask<'status'>({ do: 'status' })).armedFaults;
  }

  /** Lets the station work on an order until it says settled, held or paused. */
  async produce(orderId: string, change: PartsChange = (parts) => parts, signal: AbortSignal = never): Promise<ProductionResult> {
    const loaded = loadOrder(this.core, orderId, 1, signal);
    return produceOrder(change(this.core.parts), loaded.claimed, loaded.kind, signal);
  }

  /** Does what a person does until the order is settled, and gives everything the station said on the way. */
  async attend(orderId: string, first: ProductionResult): Promise<readonly ProductionResult[]> {
    const said: ProductionResult[] = [first];
    for (let last = first; last.kind !== 'settled'; said.push(last)) {
      if (said.length > MOST_ROUNDS) throw new Error(`${orderId} does not come to an end: ${said.map(inWords).join(' | ')}`);
      await this.#mend(orderId, last);
      last = await this.produce(orderId);
    }
    return said;
  }

  /** What the journal holds of an order. */
  entries(orderId: string): readonly JournalEntry[] {
    return this.core.journal.recordsOf(orderId).map(({ entry }) => entry);
  }

  /** Journal and machine together about every card of this bench; an order that was given up has no good card. */
  checkPlastic(): PlasticVerdict {
    const finished = this.#orderIds.filter((orderId) => this.core.journal.outcomeOf(orderId)?.outcome === 'finished');
    return checkPlastic(this.plasticLog, this.journalFile, finished);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened[Symbol.asyncDispose]();
    await this.simulation[Symbol.asyncDispose]();
    await endMachine(this.dir);
    await rm(this.dir, { recursive: true, force: true });
  }

  async #mend(orderId: string, said: ProductionResult): Promise<void> {
    const { control } = this.simulation;
    const person = simulatedPerson(control);
    if (said.kind === 'held') return this.#answer(orderId);
    await control.ask<'mend'>({ do: 'mend' });
    const { cardService } = await control.ask<'status'>({ do: 'status' });
    if (cardService === 'stopped') await control.ask<'start-card-service'>({ do: 'start-card-service' });
    if (said.kind === 'paused' && said.reason === 'PRN-UNKNOWN') await person.clearMachine();
    await this.fill(this.#kindOf(orderId), 1);
  }

  /** Looks for the card where it really lies and says so. */
  async #answer(orderId: string): Promise<void> {
    const hold = openHolds(this.core.journal).find((open) => open.orderId === orderId);
    if (hold === undefined) throw new Error(`${orderId} is not held`);
    const person = simulatedPerson(this.simulation.control);
    if (hold.question === 'whose-card-is-inside') await person.clearMachine();
    if (hold.question === 'another-blank') return answerHold(this.core.journal, orderId, 'give-up', 'person of the test');
    const place = hold.uid === null ? null : await person.whereIs(hold.uid);
    const answer = place === 'output' ? 'in-output' : place === 'reject' ? 'in-reject' : 'destroyed';
    answerHold(this.core.journal, orderId, answer, 'person of the test');
    await this.fill(this.#kindOf(orderId), 1);
  }

  #kindOf(orderId: string): BlankKind {
    return loadOrder(this.core, orderId, 1, never).order.card.technologyProfile === 'PIVC' ? 'piv' : 'mifare+piv';
  }
}

/** Does something once, at the moment when the station is about to print. */
export function beforePrinting(act: () => Promise<void>): PartsChange {
  let done = false;
  return (parts) => {
    const { printer } = parts.bench;
    const hooked: Printer = {
      proofs: printer.proofs,
      describe: (limit) => printer.describe(limit),
      prepare: (limit) => printer.prepare(limit),
      supplies: (limit) => printer.supplies(limit),
      examine: (limit) => printer.examine(limit),
      feed: (to, limit) => printer.feed(to, limit),
      move: (to, limit) => printer.move(to, limit),
      eject: (to, limit) => printer.eject(to, limit),
      async print(image, limit) {
        if (!done) await act();
        done = true;
        return printer.print(image, limit);
      },
      [Symbol.asyncDispose]: () => printer[Symbol.asyncDispose](),
    };
    return { ...parts, bench: { ...parts.bench, printer: hooked } };
  };
}

/** Sets how fast a print cannot be, in milliseconds: one value a print, the last one for all that follow. */
export function withPrintFloors(...floorsMs: readonly number[]): PartsChange {
  let prints = 0;
  const next = (): number => {
    prints += 1;
    return floorsMs[Math.min(prints, floorsMs.length) - 1] ?? 0;
  };
  return (parts) => {
    const { limits } = parts.bench;
    const scaled: BenchLimits = { ...limits, get printFloorMs() { return next(); } };
    return { ...parts, bench: { ...parts.bench, limits: scaled } };
  };
}

/** A result as a short text, for assertions that read well. */
export function inWords(result: ProductionResult): string {
  switch (result.kind) {
    case 'settled':
      return result.reason === null ? result.outcome : `${result.outcome} for ${result.reason}`;
    case 'passed-on':
      return 'passed on';
    case 'held':
      return `held: ${result.question}`;
    case 'paused':
      return `paused for ${result.reason}`;
  }
}

/** One accepted sample order for each kind of blank. */
async function sampleOrders({ profiles, renderer, clock }: StationCore): Promise<Readonly<Record<SampleKind, AcceptedOrder>>> {
  const site = { expressPickupPoints: ['STOCKHOLM'], accessories: ['EM_HOLDER', 'EM_FOB', 'EM_CARD'], returnAddress: ['Kortverk'] };
  const { accepted } = await checkOrders([join(packageRoot(), 'samples', 'batch')], ruleContext(site, profiles, renderer, nothingKnown, clock));
  const find = (isPiv: boolean): AcceptedOrder => {
    const found = accepted.find(({ order }) => (order.card.technologyProfile === 'PIVC') === isPiv && order.card.number === undefined);
    if (found === undefined) throw new Error('no sample order of this kind');
    return found;
  };
  return { 'mifare+piv': find(false), piv: find(true) };
}
