import type { BlankTally, StockMoveKind } from './stock-account.ts';

/** What happened to the blanks of a lot since the station was set up, as the books had it when a shift was closed. */
export interface LotTotals {
  readonly moved: Readonly<Record<StockMoveKind, number>>;
  readonly good: number;
  readonly rejected: number;
  readonly inside: number;
  readonly held: number;
}

/** One lot in one shift: what came to the bench and what became of it. */
export interface ShiftLot {
  readonly lot: string;
  /** Blanks at the bench when the shift began, as a person counted them then. */
  readonly before: number;
  readonly issued: number;
  readonly good: number;
  readonly rejected: number;
  readonly returned: number;
  readonly tested: number;
  /** In the machine or held when the shift ends, less what was so when it began. */
  readonly unsettled: number;
  /** What must be at the bench by the books. */
  readonly expected: number;
  /** What a person counted; null while nobody has. */
  readonly counted: number | null;
  /** Blanks that nothing accounts for; negative when there are more than there should be. */
  readonly difference: number;
  /** The books at the end of this shift, which the next one counts from. */
  readonly totals: LotTotals;
}

/** A shift that was closed. */
export interface ClosedShift {
  readonly openedAt: number;
  readonly closedAt: number;
  readonly by: string;
  /** Why the counts differ; null where they close. */
  readonly reason: string | null;
  readonly lots: readonly ShiftLot[];
}

/** The closed shifts of a station. A closed shift is never changed. */
export interface ShiftBook {
  /** The one that was closed last, or null. */
  last(): ClosedShift | null;
  list(limit: number): readonly ClosedShift[];
  add(shift: ClosedShift): void;
}

const nothing: LotTotals = { moved: { registered: 0, issued: 0, returned: 0, tested: 0, scrapped: 0 }, good: 0, rejected: 0, inside: 0, held: 0 };

/**
 * The account of one lot in one shift. What was at the bench before is what a person counted, not what the books said: a
 * difference that was signed once does not come up again.
 */
export function shiftLot(lot: string, tally: BlankTally, counted: number | null, before: ShiftLot | null): ShiftLot {
  const was = before?.totals ?? nothing;
  const moved = (kind: StockMoveKind): number => tally.moved[kind] - was.moved[kind];
  const [issued, returned, tested] = [moved('issued'), moved('returned'), moved('tested')];
  const [good, rejected] = [tally.good - was.good, tally.rejected - was.rejected];
  const unsettled = tally.inside + tally.held - was.inside - was.held;
  const atBench = before === null ? 0 : (before.counted ?? before.expected);
  const expected = atBench + issued - returned - tested - good - rejected - unsettled;
  return {
    lot, before: atBench, issued, good, rejected, returned, tested, unsettled, expected, counted,
    difference: counted === null ? 0 : expected - counted,
    totals: { moved: tally.moved, good: tally.good, rejected: tally.rejected, inside: tally.inside, held: tally.held },
  };
}

/** Whether a shift closes by itself: every lot that was at the bench was counted and agrees, and no blank's fate is open. */
export function shiftCloses(lots: readonly ShiftLot[]): boolean {
  return lots.every(({ difference, counted, expected, totals }) => difference === 0 && (counted !== null || expected === 0) && totals.inside + totals.held === 0);
}
