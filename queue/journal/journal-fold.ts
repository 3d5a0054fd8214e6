import type { JournalKind, Outcome } from './journal-entry.ts';
import type { RecordBody } from './journal-chain.ts';

/** The folded view of one attempt. */
export interface AttemptView {
  readonly orderId: string;
  readonly attempt: number;
  readonly fence: number;
  readonly lastKind: JournalKind;
  readonly uid: string | null;
  readonly cardNumber: string | null;
  readonly outcome: Outcome | null;
  readonly reported: boolean;
}

/** The view after one more record; `before` is null for the first record of an attempt. */
export function foldRecord(before: AttemptView | null, record: RecordBody): AttemptView {
  const { entry } = record;
  return {
    orderId: record.orderId,
    attempt: record.attempt,
    fence: Math.max(before?.fence ?? 0, record.fence),
    lastKind: entry.kind,
    uid: entry.kind === 'identified' ? entry.uid : (before?.uid ?? null),
    cardNumber: entry.kind === 'planned' ? entry.cardNumber : (before?.cardNumber ?? null),
    outcome: entry.kind === 'settled' ? entry.outcome : (before?.outcome ?? null),
    reported: entry.kind === 'settled' ? false : entry.kind === 'reported' || (before?.reported ?? false),
  };
}

/** Whether two views say the same. */
export function sameView(a: AttemptView, b: AttemptView): boolean {
  return (
    a.orderId === b.orderId &&
    a.attempt === b.attempt &&
    a.fence === b.fence &&
    a.lastKind === b.lastKind &&
    a.uid === b.uid &&
    a.cardNumber === b.cardNumber &&
    a.outcome === b.outcome &&
    a.reported === b.reported
  );
}

/** Outcomes after which nothing more is made for an order. */
export function isFinal(outcome: Outcome | null): boolean {
  return outcome === 'finished' || outcome === 'refused';
}
