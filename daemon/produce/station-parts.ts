import type { MifareChip } from '../../drivers/codec/mifare-layout.ts';
import type { Bench } from '../../drivers/contracts/bench.ts';
import type { CardConnection } from '../../drivers/contracts/channel.ts';
import type { Clock, Wait } from '../../drivers/contracts/clock.ts';
import type { IntentPort } from '../../drivers/contracts/encoder.ts';
import type { ChipEvidence } from '../../drivers/contracts/evidence.ts';
import type { CardNeeds } from '../../drivers/contracts/printer-fitness.ts';
import type { MifareJob, MifareReport } from '../../drivers/mifare-classic/job.ts';
import type { PivJob, PivReport } from '../../drivers/piv/job.ts';
import type { Journal } from '../../queue/journal/journal.ts';
import type { KeyReference } from '../../drivers/contracts/keys.ts';
import type { EncodeStep } from './attempt-state.ts';
import type { CardPlanner } from './card-plan.ts';
import type { OrderEffect } from './order-effect.ts';

/** A connected chip and the reader it is in; the reader's name chooses the MIFARE profile. */
export interface ChipInReader {
  readonly connection: CardConnection;
  readonly reader: string;
}

/** What a card of a profile is made of, and where its tag stands: enough to recognise one in the machine. */
export interface CardKind {
  /** Chips in the order in which they are encoded. */
  readonly steps: readonly EncodeStep[];
  /** Null when the tag stands in the PIV chip. */
  readonly mifareTag: { readonly sector: number; readonly lock: KeyReference } | null;
  /** The MIFARE chip by its memory; null for a card without one. */
  readonly mifareChip: MifareChip | null;
  /** What a printer must be able to do for it. */
  readonly needs: CardNeeds;
}

/**
 * What the station can do with chips; the composition root fills it with the encoders of `drivers`, so that the loop
 * knows jobs and reports only.
 */
export interface ChipWork {
  /** UID, and the tag when the chip on this station carries and shows one. Throws `ENC-WRONG-BLANK` for a chip that is none of ours. */
  identify(chip: ChipInReader, kind: CardKind, limit: Wait): Promise<ChipEvidence & { readonly uid: string }>;
  encodeMifare(job: MifareJob, chip: ChipInReader, intents: IntentPort, limit: Wait): Promise<{ readonly digest: string }>;
  encodePiv(job: PivJob, chip: ChipInReader, intents: IntentPort, limit: Wait): Promise<{ readonly digest: string }>;
  /** Takes the tag away when the profile does not keep it, then reads the whole chip back and proves it against the job. */
  finishMifare(job: MifareJob, chip: ChipInReader, intents: IntentPort, limit: Wait): Promise<MifareReport>;
  finishPiv(job: PivJob, chip: ChipInReader, limit: Wait): Promise<PivReport>;
}

/** Both chips of a card as read back at the end; null where the profile has none. */
export interface ChipReports {
  readonly mifare: MifareReport | null;
  readonly piv: PivReport | null;
}

/** Who watches a card being made: the command line, the console, metrics. Called after the record is durable. */
export interface ProductionObserver {
  effect(orderId: string, attempt: number, effect: OrderEffect): void;
  /** Both chips were read back and belong together. */
  crosschecked(orderId: string, attempt: number, reports: ChipReports): void;
}

/** The station's parts as the production loop sees them. */
export interface StationParts {
  readonly bench: Bench;
  readonly journal: Journal;
  readonly chips: ChipWork;
  readonly clock: Clock;
  readonly observer: ProductionObserver;
  /** Throws `ENC-BLANK-NOT-IN-STOCK` for a chip that nobody registered; absent where blanks are not kept by UID. */
  readonly admitBlank?: (uid: string) => void;
}

/** An order this station owns: id, fence, and the planner that holds its payload. */
export interface ClaimedOrder {
  readonly orderId: string;
  readonly fence: number;
  /** SHA-256 (hex) of the payload copied at the claim. */
  readonly payloadDigest: string;
  readonly planner: CardPlanner;
  /** Whether the order was taken back meanwhile; asked before each step. */
  readonly withdrawn?: () => boolean;
  /** Blanks that other stations used for it: attempts are counted on from there. */
  readonly attemptsBefore?: number;
  /** Asked after a scrapped card: whether another station shall make the next one. */
  readonly passOn?: () => Promise<boolean>;
}
