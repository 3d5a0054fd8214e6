import type { CardImage } from '../../contracts/card-image.ts';
import type { CardRaster } from '../../contracts/card-raster.ts';
import type { Clock, Wait } from '../../contracts/clock.ts';
import type { EvidenceTable } from '../../contracts/evidence-table.ts';
import type { PrinterEvidence } from '../../contracts/evidence.ts';
import { StationFault } from '../../contracts/fault.ts';
import type { PrinterCalibration } from '../../contracts/printer-calibration.ts';
import type { CardStation, MagneticEncoder, Printer, PrinterDescription, PrinterSupplies } from '../../contracts/printer.ts';
import type { EscapeExchange } from './escape-exchange.ts';
import { EscapeMoves } from './escape-moves.ts';
import { EscapeMagnetic } from './magnetic.ts';
import { chooseRibbon } from './ribbons.ts';

/** Marks the card inside as planned; gives the milliseconds from the first act to the last answer. */
export type Marking = (left: () => Wait) => Promise<number>;

/** A printer that understands the escape language, whoever carries it there: only how a card is marked differs. */
export abstract class EscapePrinter implements Printer {
  abstract readonly proofs: EvidenceTable;
  readonly magnetic: MagneticEncoder;
  readonly #moves: EscapeMoves;
  readonly #calibrations: readonly PrinterCalibration[];

  constructor(exchange: EscapeExchange, clock: Clock, calibrations: readonly PrinterCalibration[], raster: CardRaster | null = null) {
    this.#moves = new EscapeMoves(exchange, clock, raster);
    this.magnetic = new EscapeMagnetic(exchange, this.#moves);
    this.#calibrations = calibrations;
  }

  /** Plans the marking; nothing is sent yet. Throws `PRN-CAPABILITY` for an image that cannot be printed. */
  protected abstract plan(image: CardImage, ribbon: string, raster: CardRaster): Marking;

  abstract [Symbol.asyncDispose](): Promise<void>;

  async describe(limit: Wait): Promise<PrinterDescription> {
    return this.#moves.describe(limit);
  }

  async prepare(limit: Wait): Promise<void> {
    return this.#moves.prepare(limit, this.#calibrations);
  }

  async supplies(limit: Wait): Promise<PrinterSupplies> {
    return this.#moves.supplies(limit);
  }

  async examine(limit: Wait): Promise<PrinterEvidence> {
    return this.#moves.examine(limit);
  }

  async feed(to: CardStation, limit: Wait): Promise<void> {
    return this.#moves.feed(to, limit);
  }

  async move(to: CardStation, limit: Wait): Promise<void> {
    return this.#moves.move(to, limit);
  }

  async eject(to: 'output' | 'reject', limit: Wait): Promise<void> {
    return this.#moves.eject(to, limit);
  }

  async clean(limit: Wait): Promise<void> {
    return this.#moves.clean(limit);
  }

  async print(image: CardImage, limit: Wait): Promise<{ readonly durationMs: number }> {
    const left = this.#moves.countDown(limit);
    const loaded = await this.#moves.loadedRibbon(left());
    const ribbon = chooseRibbon(image, loaded);
    if (ribbon === null) throw new StationFault('PRN-RIBBON-WRONG', { note: `the ribbon is ${JSON.stringify(loaded?.slice(0, 40) ?? '')}` });
    const mark = this.plan(image, ribbon, await this.#moves.raster(left()));
    await this.#moves.expect(['contactless', 'contact', 'print'], 'before printing', left);
    await this.#moves.calibrate(left, this.#calibrations);
    const durationMs = await mark(left);
    await this.#moves.confirm('print', 'after printing', left);
    return { durationMs };
  }
}
