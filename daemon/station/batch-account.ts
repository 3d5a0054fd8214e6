import type { FaultCode } from '../../drivers/contracts/fault.ts';
import type { Journal } from '../../queue/journal/journal.ts';
import type { JournalRecord } from '../../queue/journal/journal-entry.ts';
import { unfinishedSectors } from '../produce/sector-account.ts';
import { byAttempt } from './by-attempt.ts';
import type { WorkResult } from './order-handler.ts';

/** A rejected card: why, and which of its sectors must not be trusted (`3, 5-15`; null when all are locked or none was written). */
export interface ScrappedCard {
  readonly attempt: number;
  readonly uid: string | null;
  readonly reason: FaultCode;
  readonly sectors: string | null;
}

/** One finished or unfinished order as a line of the account. */
export interface AccountLine {
  readonly orderId: string;
  readonly outcome: 'produced' | 'already produced' | 'refused' | 'held' | 'waiting' | 'passed on' | 'other station';
  readonly codes: readonly FaultCode[];
  readonly uid: string | null;
  readonly cardNumber: string | null;
  readonly attempts: number;
  /** Cards that were put into the reject box for this order, oldest first. */
  readonly scrapped: readonly ScrappedCard[];
  /** Seconds from claim to end, null when nothing was made now. */
  readonly seconds: number | null;
}

/** The line of an order that came to an end (or to a pause) in this run, told from the journal. */
export function accountLine(journal: Journal, orderId: string, result: WorkResult): AccountLine {
  const records = journal.recordsOf(orderId);
  const proof = records.findLast(({ entry }) => entry.kind === 'crosschecked')?.entry;
  const codes = new Set(records.flatMap(({ entry }) => (entry.kind === 'settled' && entry.reason !== undefined ? [entry.reason] : [])));
  const [first] = records;
  const last = records.at(-1);
  const made = result.kind === 'settled' && first !== undefined && last !== undefined;
  return {
    orderId,
    outcome: outcomeOf(result),
    codes: [...codes],
    uid: proof?.kind === 'crosschecked' ? proof.uid : null,
    cardNumber: proof?.kind === 'crosschecked' ? proof.cardNumber : null,
    attempts: last?.attempt ?? 0,
    scrapped: scrappedCards(records),
    seconds: made ? (last.at - first.at) / 1000 : null,
  };
}

function scrappedCards(records: readonly JournalRecord[]): readonly ScrappedCard[] {
  return [...byAttempt(records).values()].flatMap((own) => {
    const intent = own.findLast(({ entry }) => entry.kind === 'eject-intent' && entry.to === 'reject');
    if (intent?.entry.kind !== 'eject-intent' || !own.some(({ entry }) => entry.kind === 'ejected' && entry.to === 'reject')) return [];
    const chip = own.findLast(({ entry }) => entry.kind === 'identified')?.entry;
    const { reason = 'QC-UNKNOWN-OUTCOME', sectors } = intent.entry;
    return [{ attempt: intent.attempt, uid: chip?.kind === 'identified' ? chip.uid : null, reason, sectors: sectors === undefined ? null : unfinishedSectors(sectors) }];
  });
}

/** The line of an order that the run did not come to. */
export function waitingLine(journal: Journal, orderId: string): AccountLine {
  return { orderId, outcome: 'waiting', codes: [], uid: null, cardNumber: null, attempts: journal.recordsOf(orderId).at(-1)?.attempt ?? 0, scrapped: scrappedCards(journal.recordsOf(orderId)), seconds: null };
}

function outcomeOf(result: WorkResult): AccountLine['outcome'] {
  switch (result.kind) {
    case 'settled':
      return wordOf(result.outcome);
    case 'already':
      return result.outcome === 'finished' ? 'already produced' : wordOf(result.outcome);
    case 'held':
      return 'held';
    case 'paused':
      return 'waiting';
    case 'passed-on':
      return 'passed on';
    case 'foreign':
      return 'other station';
  }
}

function wordOf(outcome: string): AccountLine['outcome'] {
  if (outcome === 'finished') return 'produced';
  return outcome === 'refused' ? 'refused' : 'held';
}

/** What became of the blanks of these orders, counted from the journal. */
export interface BlankCount {
  readonly fed: number;
  readonly good: number;
  readonly rejected: number;
}

/** Counts the blanks that the attempts of these orders used. */
export function countBlanks(journal: Journal, orderIds: readonly string[]): BlankCount {
  const records = orderIds.flatMap((orderId) => journal.recordsOf(orderId));
  const attempts = byAttempt(records);
  const lastExits = [...attempts.values()].map((own) => own.findLast(({ entry }) => entry.kind === 'ejected')?.entry);
  const fed = [...attempts.values()].filter((own) => own.some(({ entry }) => entry.kind === 'fed' || entry.kind === 'ejected')).length;
  const to = (tray: 'output' | 'reject'): number => lastExits.filter((entry) => entry?.kind === 'ejected' && entry.to === tray).length;
  return { fed, good: to('output'), rejected: to('reject') };
}
