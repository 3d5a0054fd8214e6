import { join } from 'node:path';
import { openQueue } from '../../daemon/compose-queue.ts';
import type { StationConfig } from '../../daemon/config/station-config.ts';
import { nobodyThere } from '../../daemon/station/attendant.ts';
import { Production } from '../../daemon/station/production.ts';
import type { StationCore } from '../../daemon/station/station-rooms.ts';
import type { CardConnection, CardReader } from '../../drivers/contracts/channel.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { DisposalStack } from '../../drivers/contracts/disposal.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { Secret } from '../../drivers/contracts/secret.ts';
import { openBench } from '../../drivers/open-bench.ts';
import { openSqliteJournal } from '../../queue/journal/sqlite-journal.ts';
import { openOrderStore } from '../../queue/store/sqlite-order-store.ts';
import { cardMaker } from '../../simulator/machine/card-maker.ts';
import { Mechanics, MemoryPathHolder } from '../../simulator/machine/card-path-mechanics.ts';
import { emptyFeeder, loadFeeder } from '../../simulator/machine/card-path-person.ts';
import { cardAt, newCardPath } from '../../simulator/machine/card-path.ts';
import { newUid, type ChipStation, type LivingCard } from '../../simulator/machine/living-card.ts';
import type { Blank } from '../../simulator/machine/plastic-event.ts';
import { openPrinterFront } from '../../simulator/printer/printer-front.ts';
import { defaultModel, printerModel } from '../../simulator/printer/printer-identity.ts';

const CONTACTLESS = 'HID Global OMNIKEY 5022 Smart Card Reader 00 00';
const CONTACT = 'HID Global OMNIKEY 3x21 Smart Card Reader 00 00';
const BLANKS = 400;
const never = new AbortController().signal;

/** What a station of the bench is told apart by. */
export interface BenchStationOptions {
  readonly dir: string;
  readonly config: StationConfig;
  /** Renderer, keys, profiles, authority: what all stations of the process use. */
  readonly shared: StationCore;
  readonly timeFactor: number;
  readonly onCard: (orderId: string) => void;
}

/** A station with journal, store, printer driver, claims and worker of its own; its machine and chips are in this process. */
export class BenchStation implements AsyncDisposable {
  readonly core: StationCore;
  readonly #resources: DisposalStack;
  readonly #drain: AbortController;
  readonly #production: Production;
  readonly #running: Promise<void>;

  private constructor(core: StationCore, production: Production, resources: DisposalStack, drain: AbortController) {
    this.core = core;
    this.#production = production;
    this.#resources = resources;
    this.#drain = drain;
    this.#running = production.run();
  }

  /** Tells the queue what waits here. */
  async tell(): Promise<void> {
    await this.#production.tellDue();
  }

  static async open({ dir, config, shared, timeFactor, onCard }: BenchStationOptions): Promise<BenchStation> {
    await using opened = new DisposalStack();
    const journal = opened.use(openSqliteJournal({ path: join(dir, 'journal.sqlite'), clock: systemClock }));
    const numbers = config.station.cardNumbers;
    using dataKey = Secret.take(new Uint8Array(32).fill(5));
    const store = opened.use(openOrderStore({ dir: join(dir, 'store'), dataKey, clock: systemClock, ...(numbers === undefined ? {} : { cardNumbers: numbers }) }));
    const machine = await openMachine(config, timeFactor, opened);
    await machine.bench.printer.prepare({ signal: never, timeoutMs: 30_000 });
    const core: StationCore = { ...shared, id: config.station.id, journal, store, parts: { ...shared.parts, journal, bench: machine.bench } };
    const queue = opened.use(await openQueue(config, core, (where, error) => { throw new Error(where, { cause: error }); }, never));
    const drain = new AbortController();
    const production = new Production(core, queue.queue, {
      attendant: nobodyThere,
      keeper: null,
      listener: (orderId, result) => { if (result.kind === 'settled' && result.outcome === 'finished') onCard(orderId); },
      openWorker: (handler) => queue.openWorker(handler),
      onTrouble: (where, error) => { process.stderr.write(`${config.station.id} ${where}: ${error instanceof Error ? error.message : String(error)}\n`); },
    }, drain.signal, never);
    return new BenchStation(core, production, opened.move(), drain);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#drain.abort();
    await this.#running;
    await this.#resources[Symbol.asyncDispose]();
  }
}

async function openMachine({ bench }: StationConfig, timeFactor: number, opened: DisposalStack): Promise<{ readonly bench: StationCore['parts']['bench'] }> {
  const cards = new Map<string, LivingCard>();
  const holder = new MemoryPathHolder<Blank>(newCardPath<Blank>([], { limits: { outputCapacity: 100_000, rejectCapacity: 100_000, cleaningInterval: 1_000_000 } }));
  const blanks = Array.from({ length: BLANKS }, (): Blank => ({ uid: newUid(), lot: 'LOT-BENCH', kind: 'mifare+piv' }));
  const make = cardMaker(CONTACTLESS);
  for (const blank of blanks) cards.set(blank.uid, make(blank, null, () => undefined));
  holder.update((path) => loadFeeder(emptyFeeder(path).path, blanks));
  const mechanics = new Mechanics<Blank>({ holder, clock: systemClock, timeFactor, onOutcome: () => undefined });
  const front = opened.use(await openPrinterFront<Blank>({ mechanics, identity: printerModel(defaultModel), host: '127.0.0.1', port: 0 }));
  if (bench.printer.protocol !== 'evolis') throw new Error('the simulated bench has another printer');
  const settings = { ...bench, printer: { ...bench.printer, link: { kind: 'tcp' as const, host: front.host, port: front.port } }, readers: { contactless: null, contact: null } };
  const real = opened.use(await openBench(settings, systemClock, { signal: never, timeoutMs: 30_000 }));
  const reader = (station: ChipStation): CardReader => ({
    name: station === 'contactless' ? CONTACTLESS : CONTACT,
    connect: async () => connect(cards.get(cardAt(holder.path, station)?.uid ?? ''), station),
    [Symbol.asyncDispose]: async () => undefined,
  });
  return { bench: { ...real, printer: real.printer, contactless: reader('contactless'), contact: reader('contact'), [Symbol.asyncDispose]: async () => undefined } };
}

function connect(card: LivingCard | undefined, station: ChipStation): CardConnection {
  if (card === undefined) throw new StationFault('ENC-NO-CARD');
  const face = card.faces[station];
  face.reset();
  return { atr: face.atr, channel: { transmit: async (command) => face.transmit(command) }, [Symbol.asyncDispose]: async () => face.powerOff() };
}
