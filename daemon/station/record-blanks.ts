import type { JournalRecord } from '../../queue/journal/journal-entry.ts';
import { stockholmDay } from '../../queue/order/calendar.ts';
import type { BlankFate } from '../../queue/store/blank-account.ts';
import { batchOfBlank } from './blanks-at-bench.ts';
import { byAttempt } from './by-attempt.ts';
import type { StationCore } from './station-rooms.ts';

/** The lot of a blank that nobody issued by lot. */
export const unknownLot = 'unknown';

/** Blanks of orders that are in no batch are counted by the day. */
export function shiftOf(at: number): string {
  return `day-${stockholmDay(at)}`;
}

/**
 * Enters every blank that an order used into the account of blanks, told from the journal: its batch, its lot (by UID
 * where that is known), its fate. Repeatable; an entry keeps the batch and lot that it was first made with.
 */
export function recordBlanks(core: Pick<StationCore, 'store' | 'journal'>, orderId: string): void {
  const { store, journal } = core;
  for (const records of byAttempt(journal.recordsOf(orderId)).values()) {
    const [first] = records;
    const fate = fateOf(records);
    if (first === undefined || fate === null) continue;
    const uid = uidOf(records);
    const lot = (uid === null ? null : store.stock.lotOfUid(uid)) ?? store.stock.lotAtBench() ?? unknownLot;
    store.blanks.record({ orderId, attempt: first.attempt, batchId: batchOfBlank(store, orderId) ?? shiftOf(first.at), lot, uid, fate });
  }
}

/** Enters what the open attempts have used so far: before other blanks come to the bench, which are not theirs. */
export function recordOpen(core: Pick<StationCore, 'store' | 'journal'>): void {
  for (const { orderId } of core.journal.openAttempts()) recordBlanks(core, orderId);
}

/** What became of the blank of one attempt; null while none was taken from the feeder. */
export function fateOf(records: readonly JournalRecord[]): BlankFate | null {
  const has = (kind: JournalRecord['entry']['kind']): boolean => records.some(({ entry }) => entry.kind === kind);
  const exit = records.findLast(({ entry }) => entry.kind === 'ejected')?.entry;
  if (exit?.kind === 'ejected') return exit.to === 'output' && has('crosschecked') ? 'good' : 'rejected';
  const last = records.findLast(({ entry }) => entry.kind !== 'reported')?.entry.kind;
  if (last === 'held') return 'held';
  if (!has('fed')) return null;
  return last === 'settled' ? 'rejected' : 'fed';
}

function uidOf(records: readonly JournalRecord[]): string | null {
  const found = records.findLast(({ entry }) => entry.kind === 'identified')?.entry;
  return found?.kind === 'identified' ? found.uid : null;
}
