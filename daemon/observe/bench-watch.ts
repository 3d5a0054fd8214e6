import type { Clock } from '../../drivers/contracts/clock.ts';
import type { PrinterEvidence } from '../../drivers/contracts/evidence.ts';
import { asStationFault, type FaultCode } from '../../drivers/contracts/fault.ts';
import type { Printer, PrinterDescription, PrinterSupplies } from '../../drivers/contracts/printer.ts';

/** What the printer of a bench said last: who it is, what it has left, what it counted. */
export interface BenchReading {
  readonly description: PrinterDescription;
  readonly supplies: PrinterSupplies;
  readonly evidence: PrinterEvidence;
  /** When it said so, milliseconds since 1970 UTC. */
  readonly at: number;
}

/** A bench as far as it is known; `silent` is why the last question was not answered. */
export interface BenchView {
  readonly bench: string;
  readonly reading: BenchReading | null;
  readonly silent: FaultCode | null;
  /** How long the station has had the head print, by its journal, milliseconds. */
  readonly printedMs: number;
}

/** Where a bench's figures come from. */
export interface BenchSource {
  readonly bench: string;
  readonly printer: Pick<Printer, 'describe' | 'supplies' | 'examine'>;
  readonly clock: Clock;
  readonly queryTimeoutMs: number;
  readonly printedMs: () => number;
  /** Whether a card is in hand: then the printer is left alone, and what it said before stands. */
  readonly busy: () => boolean;
}

/** An answer this young is not asked for again. */
const FRESH_MS = 5_000;

/** Asks the printer for its figures between cards, and keeps the last answer for whoever wants to know meanwhile. */
export class BenchWatch {
  readonly #source: BenchSource;
  #reading: BenchReading | null = null;
  #silent: FaultCode | null = null;

  constructor(source: BenchSource) {
    this.#source = source;
  }

  /** The figures as of now, or as of the last rest between two cards. Never throws for a silent printer; `STA-ABORTED` is thrown. */
  async view(signal: AbortSignal): Promise<BenchView> {
    const { clock, busy } = this.#source;
    const isFresh = this.#silent === null && this.#reading !== null && clock.now() - this.#reading.at < FRESH_MS;
    if (!isFresh && !busy()) await this.look(signal);
    return { bench: this.#source.bench, reading: this.#reading, silent: this.#silent, printedMs: this.#source.printedMs() };
  }

  /** Asks the printer; only while no card is in hand. */
  async look(signal: AbortSignal): Promise<void> {
    const { printer, clock, queryTimeoutMs } = this.#source;
    const limit = { signal, timeoutMs: queryTimeoutMs };
    try {
      this.#reading = { description: await printer.describe(limit), supplies: await printer.supplies(limit), evidence: await printer.examine(limit), at: clock.now() };
      this.#silent = null;
    } catch (error) {
      const { code } = asStationFault(error);
      if (signal.aborted || code === 'STA-BUG') throw error;
      this.#silent = code;
    }
  }
}
