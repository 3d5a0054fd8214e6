import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCore } from '../../daemon/compose-core.ts';
import { ruleContext } from '../../daemon/compose-rules.ts';
import { openSimulation } from '../../daemon/compose-simulation.ts';
import { checkOrders } from '../../daemon/intake/check-orders.ts';
import type { AcceptedOrder } from '../../daemon/intake/intake-result.ts';
import { produceOrder, type ProductionResult } from '../../daemon/produce/produce-order.ts';
import type { StationParts } from '../../daemon/produce/station-parts.ts';
import { acceptOrders } from '../../daemon/station/accept-orders.ts';
import { loadOrder } from '../../daemon/station/load-order.ts';
import type { StationCore } from '../../daemon/station/station-rooms.ts';
import type { SideImage } from '../../drivers/contracts/card-image.ts';
import type { CardConnection, CardReader } from '../../drivers/contracts/channel.ts';
import { systemClock, type Clock } from '../../drivers/contracts/clock.ts';
import { DisposalStack } from '../../drivers/contracts/disposal.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import type { Order } from '../../queue/order/order-schema.ts';
import { nothingKnown } from '../../queue/rules/rule-context.ts';
import type { RenderedCard } from '../../templates/render/card-face.ts';
import type { CardRenderer } from '../../templates/render/card-renderer.ts';
import { cardMaker } from '../../simulator/machine/card-maker.ts';
import { Mechanics, MemoryPathHolder } from '../../simulator/machine/card-path-mechanics.ts';
import { emptyFeeder, loadFeeder } from '../../simulator/machine/card-path-person.ts';
import { cardAt, newCardPath } from '../../simulator/machine/card-path.ts';
import { newUid, type ChipStation, type LivingCard } from '../../simulator/machine/living-card.ts';
import type { Blank } from '../../simulator/machine/plastic-event.ts';
import { openPrinterFront } from '../../simulator/printer/printer-front.ts';
import { defaultModel, printerModel } from '../../simulator/printer/printer-identity.ts';
import { endMachine } from './kill-loop.ts';

/**
 * What happens at the chosen command, before the chip got it or after it did it: the card loses the field until it is
 * seated anew (`card`), its chip never answers again (`chip`), or the daemon dies.
 */
export type Loss = `${'card' | 'chip' | 'daemon'}, ${'before' | 'after'}`;

const CONTACTLESS = 'HID Global OMNIKEY 5022 Smart Card Reader 00 00';
const CONTACT = 'HID Global OMNIKEY 3x21 Smart Card Reader 00 00';
const never = new AbortController().signal;
/** Waits for things to calm down are shortened; deadlines are not. */
const impatient: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 50, signal) };

/** Every card of a campaign shows the same, in black: it is drawn once and quickly printed, for its subject is the chips. */
export function drawnOnce(renderer: CardRenderer): CardRenderer {
  let drawn: ReturnType<CardRenderer['render']> | null = null;
  return {
    templates: renderer.templates,
    fonts: renderer.fonts,
    check: (face) => renderer.check(face),
    checkPictures: (face) => renderer.checkPictures(face),
    render: (face, limit) => (drawn ??= renderer.render(face, limit).then(inBlack)),
  };
}

function inBlack(card: RenderedCard): RenderedCard {
  const black = ({ widthDots, heightDots, k }: SideImage): SideImage => ({ widthDots, heightDots, ...(k === undefined ? {} : { k }) });
  const { front, back } = card.image;
  return { ...card, image: { ...card.image, front: black(front), ...(back === undefined ? {} : { back: black(back) }) } };
}

/** A command of an issue: the chip it went to, and its first bytes for the report. */
export interface CountedCommand {
  readonly station: ChipStation;
  readonly head: string;
}

/** What keeps a card from answering: its chip is dead, or it has not been moved since the machine had made so many moves. */
interface LostCard {
  readonly forGood: boolean;
  readonly untilMove: number | null;
}

/** What the machine has made of its plastic. */
interface Plastic {
  readonly holder: MemoryPathHolder<Blank>;
  readonly cards: Map<string, LivingCard>;
  readonly left: LeftCard[];
  /** Moves of cards to stations, counted. */
  moves: number;
}

/** Where cards went, and what their chips hold. */
export interface LeftCard {
  readonly card: LivingCard;
  readonly to: 'output' | 'reject';
}

/**
 * A station whose core, loop, printer driver, journal, store, token and authority are the real ones, and whose chips
 * are spoken to in process, so that the loss of a card can be set to any single command. Each command is counted.
 */
export class InProcessStation implements AsyncDisposable {
  readonly core: StationCore;
  readonly left: LeftCard[];
  readonly #parts: StationParts;
  readonly #plastic: Plastic;
  readonly #sample: AcceptedOrder;
  readonly #resources: DisposalStack;
  #orders = 0;
  #commands: CountedCommand[] = [];
  #loss: { readonly at: number; readonly how: Loss } | null = null;
  #lost: LostCard = { forGood: false, untilMove: null };

  private constructor(core: StationCore, sample: AcceptedOrder, plastic: Plastic, resources: DisposalStack) {
    this.core = core;
    this.#plastic = plastic;
    this.left = plastic.left;
    this.#sample = sample;
    this.#resources = resources;
    this.#parts = { ...core.parts, clock: impatient, bench: { ...core.parts.bench, contactless: this.#reader('contactless'), contact: this.#reader('contact') } };
  }

  static async open(): Promise<InProcessStation> {
    await using opened = new DisposalStack();
    const dir = await mkdtemp(join(tmpdir(), 'kv-pulls-'));
    opened.defer(() => rm(dir, { recursive: true, force: true }));
    const simulation = opened.use(await openSimulation({ dir, timeFactor: 0, profilesDir: join(packageRoot(), 'samples', 'profiles') }, systemClock, never));
    opened.defer(() => endMachine(dir));
    const holder = new MemoryPathHolder<Blank>(newCardPath<Blank>([], { limits: { outputCapacity: 100_000, rejectCapacity: 100_000, cleaningInterval: 1_000_000 } }));
    const plastic: Plastic = { holder, cards: new Map(), left: [], moves: 0 };
    const mechanics = new Mechanics<Blank>({
      holder, clock: systemClock, timeFactor: 0,
      onOutcome: (_act, outcome) => {
        if (outcome.done && outcome.event.kind === 'moved') plastic.moves += 1;
        if (!outcome.done || outcome.event.kind !== 'left') return;
        const card = plastic.cards.get(outcome.event.card.uid);
        if (card === undefined) throw new Error('a card left that was never loaded');
        plastic.left.push({ card, to: outcome.event.to });
      },
    });
    const front = opened.use(await openPrinterFront<Blank>({ mechanics, identity: printerModel(defaultModel), host: '127.0.0.1', port: 0 }));
    const { bench } = simulation.config;
    if (bench.printer.protocol !== 'evolis') throw new Error('the simulated bench has another printer');
    const printer = { ...bench.printer, link: { kind: 'tcp' as const, host: front.host, port: front.port } };
    const config = { ...simulation.config, bench: { ...bench, printer, readers: { contactless: null, contact: null } } };
    const { core } = opened.use(await openCore(config, systemClock, { effect: () => undefined, crosschecked: () => undefined }, never));
    const { accepted } = await checkOrders([join(packageRoot(), 'samples', 'batch')], ruleContext(config.site, core.profiles, core.renderer, nothingKnown, systemClock));
    const sample = accepted.find(({ order }) => order.company.sectorProfileId !== undefined && order.card.number === undefined);
    if (sample === undefined) throw new Error('no sample order with company sectors');
    return new InProcessStation({ ...core, renderer: drawnOnce(core.renderer) }, sample, plastic, opened.move());
  }

  /** Commands since the last order began. */
  get commands(): readonly CountedCommand[] {
    return this.#commands;
  }

  /** Accepts an order and puts exactly so many blanks into the feeder. */
  begin(blanks: number, loss: { readonly at: number; readonly how: Loss } | null): string {
    this.#orders += 1;
    const orderId = `PULL-${String(this.#orders).padStart(5, '0')}`;
    const order: Order = { ...this.#sample.order, orderId };
    const [acceptance] = acceptOrders(this.core.store, [{ ...this.#sample, order, contentHash: `${this.#sample.contentHash.slice(0, 56)}${String(this.#orders).padStart(8, '0')}` }]);
    if (acceptance?.answer !== 'stored') throw new Error(`${orderId} was not stored: ${acceptance?.answer ?? 'nothing'}`);
    const fresh = Array.from({ length: blanks }, (): Blank => ({ uid: newUid(), lot: 'LOT-PULLS', kind: 'mifare+piv' }));
    for (const blank of fresh) this.#plastic.cards.set(blank.uid, cardMaker(CONTACTLESS)(blank, null, () => undefined));
    this.#plastic.holder.update((path) => loadFeeder(emptyFeeder(path).path, fresh));
    this.#commands = [];
    this.#lost = { forGood: false, untilMove: null };
    this.#loss = loss;
    return orderId;
  }

  /** Lets the station work on an order. Throws `STA-ABORTED` where the daemon is lost. */
  async produce(orderId: string): Promise<ProductionResult> {
    const loaded = loadOrder(this.core, orderId, 1, never);
    return produceOrder(this.#parts, loaded.claimed, loaded.kind, never);
  }

  /** The order is withdrawn, so that the next one may begin: one that waits for a blank holds the machine. Throws when the station does not let go of it. */
  async takeBack(orderId: string): Promise<void> {
    this.core.store.setState(orderId, 'WITHDRAWN', { reasons: ['ORD-WITHDRAWN'] });
    const result = await this.produce(orderId);
    if (result.kind !== 'settled' || result.outcome !== 'refused') throw new Error(`${orderId} was withdrawn and is ${result.kind}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources[Symbol.asyncDispose]();
  }

  #isLost(): boolean {
    return this.#lost.forGood || this.#lost.untilMove === this.#plastic.moves;
  }

  #reader(station: ChipStation): CardReader {
    return { name: station === 'contactless' ? CONTACTLESS : CONTACT, connect: async () => this.#connect(station), [Symbol.asyncDispose]: async () => undefined };
  }

  #connect(station: ChipStation): CardConnection {
    const blank = cardAt(this.#plastic.holder.path, station);
    const card = blank === null ? undefined : this.#plastic.cards.get(blank.uid);
    if (card === undefined || this.#isLost()) throw new StationFault('ENC-NO-CARD');
    const face = card.faces[station];
    face.reset();
    let powered = true;
    const powerOff = (): void => {
      if (powered) face.powerOff();
      powered = false;
    };
    return {
      atr: face.atr,
      channel: {
        transmit: async (command) => {
          if (this.#isLost()) throw new StationFault('LNK-CARD-GONE');
          const due = this.#loss?.at === this.#commands.length ? this.#loss.how : null;
          this.#commands.push({ station, head: Buffer.from(command.subarray(0, 4)).toString('hex').toUpperCase() });
          if (due === null) return face.transmit(command);
          if (due.endsWith('after')) face.transmit(command);
          powerOff();
          if (due.startsWith('daemon')) throw new StationFault('STA-ABORTED', { note: 'the daemon is killed here' });
          this.#lost = { forGood: due.startsWith('chip'), untilMove: this.#plastic.moves };
          throw new StationFault('LNK-CARD-GONE');
        },
      },
      [Symbol.asyncDispose]: async () => powerOff(),
    };
  }
}
