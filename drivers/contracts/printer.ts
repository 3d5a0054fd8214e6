import type { CardImage } from './card-image.ts';
import type { Wait } from './clock.ts';
import type { EvidenceTable } from './evidence-table.ts';
import type { PrinterEvidence } from './evidence.ts';

export type CardStation = 'contactless' | 'contact';

/** What a printer is and can do, as read from the device. */
export interface PrinterDescription {
  readonly maker: string;
  readonly model: string;
  readonly serial: string;
  readonly firmware: string;
  readonly stations: readonly CardStation[];
  readonly duplex: boolean;
  readonly colour: boolean;
  /** Whether it has a magnetic head that its protocol can drive. */
  readonly magnetic: boolean;
  readonly widthDots: number;
  readonly heightDots: number;
}

/** What is left before a person must come, and what the head has done. Null where the printer does not tell. */
export interface PrinterSupplies {
  readonly ribbon: string | null;
  /** Sets of panels (of Magicard films: shots) that have not begun. A card may take more than one. */
  readonly ribbonSetsLeft: number | null;
  readonly cardsUntilCleaning: number | null;
  /** Serial number of the print head. */
  readonly head: string | null;
  /** Cards that this head has printed. */
  readonly headCards: number | null;
}

/** Texts of magnetic tracks by number, without sentinels. A blank track is missing. */
export type MagneticTracks = Readonly<Partial<Record<1 | 2 | 3, string>>>;

/** The magnetic head of a printer that has one. */
export interface MagneticEncoder {
  /** Writes tracks on the card inside and reads them back. Throws `PRN-MAGNETIC` when they are not what was written, `PRN-CAPABILITY` for a text that no track takes. */
  write(tracks: MagneticTracks, limit: Wait): Promise<void>;
  /** The tracks of the card inside. */
  read(limit: Wait): Promise<MagneticTracks>;
}

/**
 * A card printer that moves a card past chip stations. One command at a time. The driver translates every answer of
 * the device into a `StationFault` (`PRN-*`, `LNK-*`); it never retries an act that moves or marks a card, and never
 * guesses where a card is. Which acts are safe is decided above, from the journal; the driver holds no memory.
 * A printer without stations only prints: `feed`, `move` and ejecting to the reject box throw `PRN-CAPABILITY`, and
 * `print` takes the blank itself and puts the card out itself.
 */
export interface Printer extends AsyncDisposable {
  /** What this printer's protocol can be asked, and what the answers prove of an act that was interrupted. */
  readonly proofs: EvidenceTable;
  /** Identity and abilities. Moves nothing. */
  describe(limit: Wait): Promise<PrinterDescription>;
  /** Sets the modes the station relies on: the host decides on errors, a printed card stays inside. Repeatable; moves nothing. */
  prepare(limit: Wait): Promise<void>;
  supplies(limit: Wait): Promise<PrinterSupplies>;
  /** Where the card is and what the counters say. Moves nothing. */
  examine(limit: Wait): Promise<PrinterEvidence>;
  /** Takes one blank from the feeder to a station. Throws `PRN-FEEDER-EMPTY`, `PRN-JAM`, `PRN-UNKNOWN` when a card is already inside. */
  feed(to: CardStation, limit: Wait): Promise<void>;
  /** Moves the card inside to a station. Throws `PRN-UNKNOWN` when none is inside. */
  move(to: CardStation, limit: Wait): Promise<void>;
  /** Marks both sides of the card inside and keeps it inside. Resolves when the printer says that it is done; gives the time it took. */
  print(image: CardImage, limit: Wait): Promise<{ readonly durationMs: number }>;
  /** Puts the card inside into the good output or the reject box. */
  eject(to: 'output' | 'reject', limit: Wait): Promise<void>;
  /** Draws a cleaning card through the empty machine. Missing where the protocol cannot say when that is done. */
  clean?(limit: Wait): Promise<void>;
  /** Missing where the protocol has no words for a magnetic head; a printer without one throws `PRN-CAPABILITY`. */
  readonly magnetic?: MagneticEncoder;
}
