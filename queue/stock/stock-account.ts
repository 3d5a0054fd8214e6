/**
 * What happens to blanks outside the machine. Registered: came into stock. Issued: out of stock to the bench, for a
 * batch. Returned: from the bench back into stock. Tested: used up for a test card. Scrapped: taken out of stock for good.
 */
export const stockMoves = ['registered', 'issued', 'returned', 'tested', 'scrapped'] as const;

export type StockMoveKind = (typeof stockMoves)[number];

/** One entry of the stock book. It is never changed: a mistake is mended by another entry. */
export interface StockMove {
  readonly lot: string;
  readonly kind: StockMoveKind;
  readonly count: number;
  /** The batch that the blanks were issued for; null where none is concerned. */
  readonly batchId: string | null;
  /** Who did it. */
  readonly by: string;
  /** Which ones, where the UIDs (hex) of tested or scrapped blanks are known; not more than `count`. */
  readonly uids?: readonly string[];
}

/** What is known of one blank by its UID. */
export interface KnownBlank {
  readonly uid: string;
  /** The lot it was registered with, or was used from. */
  readonly lot: string;
  /** The attempt that used it, and what became of it there; null when no order has. */
  readonly used: { readonly orderId: string; readonly attempt: number; readonly fate: string } | null;
  /** Whether it was taken out of use without an order. */
  readonly taken: 'tested' | 'scrapped' | null;
}

/** What was counted of a lot or a batch: the stock book beside what the machine did. */
export interface BlankTally {
  readonly moved: Readonly<Record<StockMoveKind, number>>;
  readonly good: number;
  readonly rejected: number;
  /** In the machine, or their fate is not known yet. */
  readonly inside: number;
  readonly held: number;
}

/** Blanks outside the machine, by lot and where known by UID. */
export interface StockAccount {
  /** Makes a lot known; again with the same product changes nothing. Throws `CLI-USAGE` when the lot has another product. */
  addLot(lot: string, product: string): void;
  /** Adds an entry. Throws `CLI-USAGE` for an unknown lot, for a UID of another lot or one that was used, or when the lot has not so many blanks in stock or at the bench. */
  move(move: StockMove): void;
  /** Enters the UIDs (hex) of a lot's blanks, as the maker's list has them. Throws `CLI-USAGE` when one is in another lot. */
  addUids(lot: string, uids: readonly string[]): void;
  /** Everything known of one blank, or null. */
  blankOf(uid: string): KnownBlank | null;
  /** The lot of a blank whose UID is registered, or null. */
  lotOfUid(uid: string): string | null;
  /** The lot that was issued to the bench last, or null. */
  lotAtBench(): string | null;
  /** For which batches (or days) blanks were issued, the last first, null for blanks that were issued for none; as far back as the last 1000 issues. */
  issuedFor(): readonly (string | null)[];
  lots(): readonly { readonly lot: string; readonly product: string; readonly uids: number }[];
  tallyOfLot(lot: string): BlankTally;
  tallyOfBatch(batchId: string): BlankTally;
}

/** What must be at the bench by the books: issued and neither returned, tested nor fed. Zero when a batch's counts close. */
export function atBench({ moved, good, rejected, inside, held }: BlankTally): number {
  return moved.issued - moved.returned - moved.tested - good - rejected - inside - held;
}

/** What must lie in stock by the books. */
export function inStock({ moved }: BlankTally): number {
  return moved.registered + moved.returned - moved.issued - moved.scrapped;
}

/**
 * Whether the counts of a batch close: nothing is inside or held, and where blanks are issued from stock, blanks out =
 * good + rejected + returned + tested.
 */
export function countsClose(tally: BlankTally): boolean {
  return tally.inside + tally.held === 0 && (tally.moved.issued === 0 || atBench(tally) === 0);
}
