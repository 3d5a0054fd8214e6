import type { CardReader } from './channel.ts';
import type { Printer } from './printer.ts';

/** Bench configuration that a simulated bench scales: how long acts may take, and how fast a print cannot be. */
export interface BenchLimits {
  /** A feed, move or ejection. */
  readonly moveTimeoutMs: number;
  /** A whole print, both sides. */
  readonly printTimeoutMs: number;
  /** A print faster than this is not believed (printers.md 2.8). */
  readonly printFloorMs: number;
  /** A card showing up in a reader after it was moved there. */
  readonly presenceTimeoutMs: number;
  /** One exchange with a chip; key generation included. */
  readonly exchangeTimeoutMs: number;
  /** A question to the printer that moves nothing. */
  readonly queryTimeoutMs: number;
}

/** One printer with its contact and contactless stations: the hardware of one workstation. */
export interface Bench extends AsyncDisposable {
  readonly name: string;
  readonly printer: Printer;
  readonly contactless: CardReader | null;
  readonly contact: CardReader | null;
  readonly limits: BenchLimits;
}
