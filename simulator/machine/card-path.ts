import { noFaults, type FaultPlan, type MechanicalFault } from './card-path-faults.ts';
import { blankMarks, type CardMarks, type Side } from './card-path-marks.ts';
import { newRibbon, type Ribbon } from './card-path-ribbon.ts';

/** Places where the mechanics can hold a card. */
export type PathStation = 'contactless' | 'contact' | 'print' | 'exit';

/** Where the card inside is; `between` while it travels, and when it stuck on the way. */
export type PathPosition = PathStation | 'between';

export interface CardInside<Card> {
  readonly card: Card;
  readonly position: PathPosition;
  /** The side under the print head. */
  readonly side: Side;
  readonly marks: CardMarks;
}

export interface PathCounters {
  readonly cardsIn: number;
  readonly cardsToOutput: number;
  readonly cardsToReject: number;
  readonly panelsPrinted: number;
  readonly cleanings: number;
  readonly cardsSinceCleaning: number;
}

export interface PathLimits {
  readonly outputCapacity: number;
  readonly rejectCapacity: number;
  /** Cards between two cleanings; past it the printer asks for one. */
  readonly cleaningInterval: number;
}

/**
 * The mechanics of a card printer with chip stations, as data: feeder, one card inside, output hopper, reject box,
 * ribbon, counters, sensors. Pure: acts are functions of `card-path-acts.ts`, a person's hands of `card-path-person.ts`.
 * `Card` is the caller's word for one piece of plastic and must be JSON. The next card to be fed is the first of `feeder`;
 * the card that came last is the last of `output` and `reject`.
 */
export interface CardPath<Card> {
  readonly feeder: readonly Card[];
  readonly inside: CardInside<Card> | null;
  readonly output: readonly Card[];
  readonly reject: readonly Card[];
  readonly ribbon: Ribbon | null;
  readonly coverOpen: boolean;
  /** A card is stuck; the cover must be opened and the card taken out. */
  readonly jammed: boolean;
  /** Faults that happened and stand until a person mends them. */
  readonly standing: readonly MechanicalFault[];
  readonly counters: PathCounters;
  readonly limits: PathLimits;
  readonly faults: FaultPlan;
}

export const defaultLimits: PathLimits = { outputCapacity: 100, rejectCapacity: 30, cleaningInterval: 1000 };

/** A path with these blanks in the feeder and nothing else; a YMCKO ribbon of 500 sets unless another is given. */
export function newCardPath<Card>(feeder: readonly Card[], options: { readonly ribbon?: Ribbon | null; readonly limits?: Partial<PathLimits> } = {}): CardPath<Card> {
  return {
    feeder,
    inside: null,
    output: [],
    reject: [],
    ribbon: options.ribbon === undefined ? newRibbon('ymcko', 500) : options.ribbon,
    coverOpen: false,
    jammed: false,
    standing: [],
    counters: { cardsIn: 0, cardsToOutput: 0, cardsToReject: 0, panelsPrinted: 0, cleanings: 0, cardsSinceCleaning: 0 },
    limits: { ...defaultLimits, ...options.limits },
    faults: noFaults,
  };
}

/** A card that has just come out of the feeder: on its way, front up, nothing on it. */
export function freshlyTaken<Card>(card: Card): CardInside<Card> {
  return { card, position: 'between', side: 'front', marks: blankMarks };
}

/** The card that answers in a chip station now, or null. */
export function cardAt<Card>(path: CardPath<Card>, station: PathStation): Card | null {
  return path.inside?.position === station ? path.inside.card : null;
}

export function outputIsFull<Card>(path: CardPath<Card>): boolean {
  return path.standing.includes('hopper-full') || path.output.length >= path.limits.outputCapacity;
}

export function rejectIsFull<Card>(path: CardPath<Card>): boolean {
  return path.standing.includes('reject-full') || path.reject.length >= path.limits.rejectCapacity;
}

export function feederIsEmpty<Card>(path: CardPath<Card>): boolean {
  return path.standing.includes('feeder-empty') || path.feeder.length === 0;
}

export function cleaningIsDue<Card>(path: CardPath<Card>): boolean {
  return path.standing.includes('need-cleaning') || path.counters.cardsSinceCleaning >= path.limits.cleaningInterval;
}
