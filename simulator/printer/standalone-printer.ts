import { appendFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { ActOutcome } from '../machine/card-path-acts.ts';
import type { ArmedFault } from '../machine/card-path-faults.ts';
import type { CardMarks } from '../machine/card-path-marks.ts';
import { Mechanics, MemoryPathHolder } from '../machine/card-path-mechanics.ts';
import { armFault, changeRibbon, emptyHopper, loadFeeder, takeOutInside } from '../machine/card-path-person.ts';
import { isRibbonType, newRibbon, setsLeft } from '../machine/card-path-ribbon.ts';
import { newCardPath } from '../machine/card-path.ts';
import { cardPngs } from './card-picture.ts';
import { openPrinterFront, type PrinterFront } from './printer-front.ts';
import type { PrinterIdentity } from './printer-identity.ts';
import { openPrinterLine } from './printer-line.ts';

/** Where a printer is reached: an address on the network, or a line with a lasting name, as a serial port or the node of a USB printer is. */
export type StandalonePlace =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'line'; readonly path: string; readonly acknowledges: boolean };

export interface StandaloneOptions {
  /** Port 0 lets the system choose. */
  readonly place: StandalonePlace;
  /** Where `NNNN-front.png`, `NNNN-back.png` and `events.ndjson` go; made when missing, continued when not empty. */
  readonly outDir: string;
  readonly faults: readonly ArmedFault[];
  /** 1 moves as slowly as a real printer, 0 at once. */
  readonly timeFactor: number;
  readonly clock: Clock;
}

export interface StandalonePrinterOptions extends StandaloneOptions {
  readonly identity: PrinterIdentity;
}

export interface StandalonePrinter extends AsyncDisposable {
  /** Where it is reached in the end. */
  readonly place: StandalonePlace;
  readonly model: string;
  /** Cards that left the printer so far. */
  readonly cardsOut: number;
  /** Does what a person does after a fault: takes out the card, closes the cover, fills the feeder, empties the hoppers, puts in a new ribbon. */
  mend(): void;
}

/** A plain blank, numbered as it is fed. */
export interface PlainCard {
  readonly number: number;
}

const ribbonCapacity = 200;

/** Puts a protocol in front of the mechanics of a printer that stands alone. */
export type OpenFront = (mechanics: Mechanics<PlainCard>, insertRibbon: (named: string) => void) => Promise<StandaloneFront>;

/** What is put in front, and where it is reached. */
export interface StandaloneFront extends AsyncDisposable {
  readonly place: StandalonePlace;
}

/** A front that listens on TCP, as a front of a printer that stands alone. Throws `SIM-INVALID` for a place that is no address: the protocol has no line. */
export async function tcpFront(place: StandalonePlace, open: (address: { readonly host: string; readonly port: number }) => Promise<PrinterFront>): Promise<StandaloneFront> {
  if (place.kind !== 'tcp') throw new StationFault('SIM-INVALID', { field: `link ${place.path}`, note: 'this printer is reached over the network only' });
  const front = await open(place);
  return { place: { kind: 'tcp', host: front.host, port: front.port }, [Symbol.asyncDispose]: () => front[Symbol.asyncDispose]() };
}

/** Opens a printer on the escape language that stands alone, on the network or on a line. Throws what `openStandalone` throws. */
export async function openStandalonePrinter(options: StandalonePrinterOptions): Promise<StandalonePrinter> {
  const { place, identity } = options;
  return openStandalone(options, identity.model, async (mechanics, onRibbonNamed) => {
    if (place.kind === 'tcp') return tcpFront(place, (address) => openPrinterFront({ mechanics, identity, ...address, onRibbonNamed }));
    const line = await openPrinterLine({ mechanics, identity, link: place.path, acknowledge: place.acknowledges, onRibbonNamed });
    return { place, [Symbol.asyncDispose]: () => line[Symbol.asyncDispose]() };
  });
}

/**
 * Opens a printer with an endless feeder of plain blanks and an operator who puts in whatever ribbon a job names.
 * Throws `SIM-INVALID` for a folder that cannot be written, an address that is taken, a link that cannot be made.
 */
export async function openStandalone(options: StandaloneOptions, model: string, openFront: OpenFront): Promise<StandalonePrinter> {
  const printer = new PlainPrinter(options, model, await firstNumber(options.outDir));
  printer.listenThrough(await openFront(printer.mechanics, (ribbon) => { printer.insertRibbon(ribbon); }));
  return printer;
}

/** The number after the highest one in the folder. */
async function firstNumber(outDir: string): Promise<number> {
  try {
    await mkdir(outDir, { recursive: true });
    const taken = (await readdir(outDir)).map((name) => Number(/^(\d{4,9})-front\.png$/.exec(name)?.[1] ?? 0));
    return Math.max(0, ...taken) + 1;
  } catch (error) {
    throw new StationFault('SIM-INVALID', { field: `out ${outDir}`, note: error instanceof Error ? error.message : 'not writable' }, error);
  }
}

class PlainPrinter implements StandalonePrinter {
  readonly mechanics: Mechanics<PlainCard>;
  readonly model: string;
  readonly #options: StandaloneOptions;
  #nextNumber: number;
  #front: StandaloneFront | null = null;
  cardsOut = 0;

  constructor(options: StandaloneOptions, model: string, firstCard: number) {
    this.#options = options;
    this.model = model;
    this.#nextNumber = firstCard;
    const blank = newCardPath<PlainCard>([this.#newBlank()], { ribbon: newRibbon('ymckok', ribbonCapacity) });
    const armed = options.faults.reduce((path, fault) => armFault(path, fault.name, fault.nth, fault.trigger), blank);
    this.mechanics = new Mechanics<PlainCard>({
      holder: new MemoryPathHolder(armed),
      clock: options.clock,
      timeFactor: options.timeFactor,
      onOutcome: (_act, outcome) => { this.#note(outcome); },
      onLeaving: async (card, marks, to) => this.#keepPictures(card, marks, to),
    });
  }

  get place(): StandalonePlace {
    return this.#front?.place ?? this.#options.place;
  }

  listenThrough(front: StandaloneFront): void {
    this.#front = front;
  }

  insertRibbon(named: string): void {
    const { holder } = this.mechanics;
    if (!isRibbonType(named) || holder.path.ribbon?.type === named) return;
    holder.update((path) => changeRibbon(path, newRibbon(named, ribbonCapacity)));
  }

  mend(): void {
    this.mechanics.holder.update((path) => {
      const cleared = takeOutInside(emptyHopper(emptyHopper(path, 'output').path, 'reject').path).path;
      const ribboned = changeRibbon(cleared, newRibbon(cleared.ribbon?.type ?? 'ymckok', ribbonCapacity));
      return loadFeeder(ribboned, ribboned.feeder.length === 0 ? [this.#newBlank()] : []);
    });
    this.#write({ kind: 'mended' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#front?.[Symbol.asyncDispose]();
  }

  #newBlank(): PlainCard {
    const number = this.#nextNumber;
    this.#nextNumber += 1;
    return { number };
  }

  #note(outcome: ActOutcome<PlainCard>): void {
    if (!outcome.done) {
      this.#write({ kind: 'refused', refusal: outcome.refusal, card: outcome.card?.number ?? null });
      return;
    }
    const { event } = outcome;
    if (event.kind === 'left') {
      this.cardsOut += 1;
      this.#write({ kind: 'left', card: event.card.number, from: event.from, to: event.to, passes: { front: event.marks.front.passes, back: event.marks.back.passes } });
    } else if (event.kind === 'cleaned') this.#write({ kind: 'cleaned' });
    else this.#write({ ...event, card: event.card.number });
    this.#replenish();
  }

  /** The feeder never ends, hoppers never fill, a ribbon that is used up is replaced: unless a fault says otherwise. */
  #replenish(): void {
    this.mechanics.holder.update((path) => {
      const fed = path.feeder.length === 0 ? { ...path, feeder: [this.#newBlank()] } : path;
      const emptied = { ...fed, output: [], reject: [] };
      const spent = emptied.inside === null && emptied.ribbon !== null && setsLeft(emptied.ribbon) === 0;
      return spent && emptied.ribbon !== null ? { ...emptied, ribbon: newRibbon(emptied.ribbon.type, ribbonCapacity) } : emptied;
    });
  }

  async #keepPictures(card: PlainCard, marks: CardMarks, to: 'output' | 'reject'): Promise<void> {
    const name = String(card.number).padStart(4, '0');
    const pngs = await cardPngs(marks);
    await writeFile(join(this.#options.outDir, `${name}-front.png`), pngs.front);
    await writeFile(join(this.#options.outDir, `${name}-back.png`), pngs.back);
    this.#write({ kind: 'pictured', card: card.number, to, front: `${name}-front.png`, back: `${name}-back.png` });
  }

  #write(event: Readonly<Record<string, unknown>>): void {
    appendFileSync(join(this.#options.outDir, 'events.ndjson'), `${JSON.stringify({ at: this.#options.clock.now(), ...event })}\n`);
  }
}
