/** What became of a blank. `fed`: still in the machine, or its fate is not yet known. */
export type BlankFate = 'fed' | 'good' | 'rejected' | 'held';

/** One blank: the attempt it was fed for, the batch it is counted in, its lot. */
export interface BlankEntry {
  readonly orderId: string;
  readonly attempt: number;
  readonly batchId: string;
  readonly lot: string;
  readonly uid: string | null;
  readonly fate: BlankFate;
}

/** The counts of a batch. They close when `fed = good + rejected` and nothing is inside or held. */
export interface BlankCounts {
  readonly fed: number;
  readonly good: number;
  readonly rejected: number;
  readonly inside: number;
  readonly held: number;
}

/** The account of blanks: every blank fed is a card, good or not (invariant: fed = good + rejected + inside + held). */
export interface BlankAccount {
  /** Enters a blank or changes its fate and UID; one entry an attempt. */
  record(entry: BlankEntry): void;
  countsOf(batchId: string): BlankCounts;
  countsOfLot(lot: string): BlankCounts;
  entriesOf(orderId: string): readonly BlankEntry[];
}
