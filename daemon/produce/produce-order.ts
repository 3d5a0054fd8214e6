import type { FaultCode, StationFault } from '../../drivers/contracts/fault.ts';
import type { AttemptKey, JournalRecord, Outcome } from '../../queue/journal/journal-entry.ts';
import { AttemptRun } from './attempt-run.ts';
import { pausesStation } from './reject-outcome.ts';
import type { CardKind, ClaimedOrder, StationParts } from './station-parts.ts';

/**
 * How the work on an order ended for now. `settled`: for good. `passed-on`: its card is scrapped, and another station shall
 * make the next one. `held`: a person must answer. `paused`: nothing is
 * lost, the machine needs a person; the attempt is open, or the next one is due, and goes on by itself afterwards.
 */
export type ProductionResult =
  | { readonly kind: 'settled'; readonly outcome: Exclude<Outcome, 'again'>; readonly attempt: number; readonly reason: FaultCode | null }
  | { readonly kind: 'passed-on'; readonly attempt: number }
  | { readonly kind: 'held'; readonly attempt: number; readonly question: string }
  | { readonly kind: 'paused'; readonly attempt: number; readonly reason: FaultCode; readonly fault: StationFault | null };

/**
 * Makes the card of one claimed order, or goes on where the journal says that it stood. New attempts follow scrapped
 * ones by themselves; for a reason that needs a person only when it was met just now, for a person who answered a hold or
 * mended the machine has been there. Throws only what ends the daemon: a journal that cannot be written, a lost fence, an abort.
 */
export async function produceOrder(parts: StationParts, order: ClaimedOrder, kind: CardKind, signal: AbortSignal): Promise<ProductionResult> {
  for (;;) {
    const key = currentAttempt(parts.journal.recordsOf(order.orderId), order);
    const end = await new AttemptRun(parts, order, key, kind, signal).run();
    if (end.kind !== 'settled') return end;
    if (end.outcome !== 'again') return { kind: 'settled', outcome: end.outcome, attempt: key.attempt, reason: end.reason };
    if (await order.passOn?.()) return { kind: 'passed-on', attempt: key.attempt };
    if (end.fault !== null && end.reason !== null && pausesStation(end.reason)) return { kind: 'paused', attempt: key.attempt, reason: end.reason, fault: end.fault };
  }
}

/** The open attempt of an order, or the one that is due after a scrapped card. */
export function currentAttempt(records: readonly JournalRecord[], order: Pick<ClaimedOrder, 'orderId' | 'fence' | 'attemptsBefore'>): AttemptKey {
  const last = records.findLast((record) => record.entry.kind !== 'reported');
  const { orderId, fence, attemptsBefore = 0 } = order;
  const due = last === undefined || (last.entry.kind === 'settled' && last.entry.outcome === 'again');
  return { orderId, attempt: due ? Math.max(last?.attempt ?? 0, attemptsBefore) + 1 : last.attempt, fence };
}
