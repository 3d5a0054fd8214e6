/** What the station does next when a fault is met (design section 4). */
export type FaultNext = 'refuse' | 'hold' | 'scrap' | 'stop' | 'warn' | 'retry';

/** Whose move it is when a fault stands. */
export type FaultMove = 'orderer' | 'holder' | 'trade' | 'operator' | 'technician';

/** One row of the fault table: consequence, responsible, and the operator's sentence in both languages. */
export interface FaultEntry {
  readonly next: FaultNext;
  readonly move: FaultMove;
  /** Swedish sentence; may hold `{field}` or `{date}`. */
  readonly sv: string;
  /** English sentence; may hold `{field}` or `{date}`. */
  readonly en: string;
}
