import { openTcpPort } from '../../drivers/channel/tcp-port.ts';
import type { CardImage, SideImage } from '../../drivers/contracts/card-image.ts';
import { systemClock, type Wait } from '../../drivers/contracts/clock.ts';
import { DisposalStack } from '../../drivers/contracts/disposal.ts';
import type { PrinterCalibration } from '../../drivers/contracts/printer-calibration.ts';
import type { Printer } from '../../drivers/contracts/printer.ts';
import { openEvolisPrinter } from '../../drivers/printer/evolis/evolis-printer.ts';
import type { CardMarks } from '../../simulator/machine/card-path-marks.ts';
import { Mechanics, MemoryPathHolder, type PathHolder } from '../../simulator/machine/card-path-mechanics.ts';
import { newCardPath, type CardPath } from '../../simulator/machine/card-path.ts';
import type { PictureShift } from '../../simulator/printer/print-tuning.ts';
import { openPrinterFront, type PrinterFront } from '../../simulator/printer/printer-front.ts';
import { defaultModel, printerModel } from '../../simulator/printer/printer-identity.ts';

export interface TestCard {
  readonly id: string;
}

/** A card that left the printer, with what is on it. */
export interface LeftCard {
  readonly card: TestCard;
  readonly marks: CardMarks;
  readonly to: 'output' | 'reject';
}

/** A printer under test and the hands that can reach into its mechanics. */
export interface PrinterSubject extends AsyncDisposable {
  readonly printer: Printer;
  readonly holder: PathHolder<TestCard>;
  readonly left: readonly LeftCard[];
  /** Where it listens, for other programs; missing where nothing is tried with them. */
  readonly port?: number;
  /** Takes the printer off the link. */
  unplug(): Promise<void>;
}

export const blanks = (count: number): readonly TestCard[] => Array.from({ length: count }, (_, index) => ({ id: `blank-${String(index + 1)}` }));

/** A limit that no working test reaches. */
export const patient = (): Wait => ({ signal: new AbortController().signal, timeoutMs: 10_000 });

/** For waits that must run out. */
export const hasty = (timeoutMs = 300): Wait => ({ signal: new AbortController().signal, timeoutMs });

export interface SimulatedPrinterOptions {
  readonly path?: CardPath<TestCard>;
  readonly model?: string;
  /** 0, moving at once, unless given. */
  readonly timeFactor?: number;
  /** How far the machine prints out of register. */
  readonly misplaced?: PictureShift;
  /** What the driver was told of printers. */
  readonly calibrations?: readonly PrinterCalibration[];
}

/** The inside of a simulated printer, and where its cards go. */
export function simulatedMechanics(options: SimulatedPrinterOptions = {}): { readonly mechanics: Mechanics<TestCard>; readonly holder: PathHolder<TestCard>; readonly left: LeftCard[] } {
  const holder = new MemoryPathHolder<TestCard>(options.path ?? newCardPath(blanks(3)));
  const left: LeftCard[] = [];
  const mechanics = new Mechanics<TestCard>({
    holder,
    clock: systemClock,
    timeFactor: options.timeFactor ?? 0,
    onOutcome: (_act, outcome) => {
      if (outcome.done && outcome.event.kind === 'left') left.push({ card: outcome.event.card, marks: outcome.event.marks, to: outcome.event.to });
    },
  });
  return { mechanics, holder, left };
}

/** A simulated printer listening on a port of its own. */
export async function openSimulatedPrinter(options: SimulatedPrinterOptions = {}): Promise<{ readonly front: PrinterFront; readonly holder: PathHolder<TestCard>; readonly left: LeftCard[] }> {
  const { mechanics, holder, left } = simulatedMechanics(options);
  const front = await openPrinterFront({ mechanics, identity: { ...printerModel(options.model ?? defaultModel), ...(options.misplaced === undefined ? {} : { misplaced: options.misplaced }) }, host: '127.0.0.1', port: 0 });
  return { front, holder, left };
}

/** The Evolis driver on a simulated printer, over TCP. */
export async function openEvolisSubject(options: SimulatedPrinterOptions = {}): Promise<PrinterSubject> {
  const stack = new DisposalStack();
  const { front, holder, left } = await openSimulatedPrinter(options);
  stack.use(front);
  const printer = stack.use(await openEvolisPrinter({ connect: async (limit) => openTcpPort({ host: front.host, port: front.port, clock: systemClock }, limit), clock: systemClock, calibrations: options.calibrations ?? [] }, patient()));
  return { printer, holder, left, port: front.port, unplug: async () => front[Symbol.asyncDispose](), [Symbol.asyncDispose]: async () => stack[Symbol.asyncDispose]() };
}

const dots = 1016 * 648;

/** A dye panel on the grid of 128 levels, so that it survives the wire unchanged. */
export function dyePanel(seed: number): Uint8Array {
  return Uint8Array.from({ length: dots }, (_, dot) => Math.round((((dot % 1016) * seed + Math.floor(dot / 1016) * 3) % 128) * 255 / 127));
}

/** A two-level panel of blocks. */
export function blockPanel(size: number): Uint8Array {
  return Uint8Array.from({ length: dots }, (_, dot) => ((Math.floor((dot % 1016) / size) + Math.floor(dot / 1016 / size)) % 3 === 0 ? 1 : 0));
}

const side = (panels: Omit<SideImage, 'widthDots' | 'heightDots'>): SideImage => ({ widthDots: 1016, heightDots: 648, ...panels });

/** A card with colour, K and overlay in front and K on the back. */
export function colourCard(): CardImage {
  return {
    front: side({ y: dyePanel(1), m: dyePanel(2), c: dyePanel(5), k: blockPanel(17), overlay: blockPanel(200).map((dot) => 1 - dot) }),
    back: side({ k: blockPanel(9) }),
    digest: '00'.repeat(32),
  };
}

/** A card with K in front only. */
export function blackCard(): CardImage {
  return { front: side({ k: blockPanel(31) }), digest: '11'.repeat(32) };
}
