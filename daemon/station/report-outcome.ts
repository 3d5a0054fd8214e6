import type { Wait } from '../../drivers/contracts/clock.ts';
import type { ClaimDesk } from '../../queue/claim/claim-desk.ts';
import type { AttemptKey, JournalRecord, Outcome } from '../../queue/journal/journal-entry.ts';
import type { OrderState } from '../../queue/order/life-cycle.ts';
import { recordBlanks } from './record-blanks.ts';
import type { StationCore } from './station-rooms.ts';

/** The order's state after an outcome. */
const stateAfter: Readonly<Record<Exclude<Outcome, 'again'>, OrderState>> = { finished: 'PRODUCED', held: 'HELD', refused: 'REJECTED' };

/**
 * Tells store, portal and claim server how an order ended, in this order, then notes in the journal that they know.
 * Repeatable: a crash in between repeats it at the next start, and every receiver drops what it has seen.
 */
export async function reportOutcome(core: StationCore, claims: ClaimDesk, key: AttemptKey, outcome: Exclude<Outcome, 'again'>, limit: Wait): Promise<void> {
  if (core.store.summaryOf(key.orderId)?.state === 'MADE_ELSEWHERE') {
    // A person gave the order to another station while this one was away: only the blank is to be accounted for.
    recordBlanks(core, key.orderId);
    core.journal.append(key, { kind: 'reported', outcome });
    return;
  }
  recordInStore(core, key, outcome);
  await claims.finish(key.orderId, key.fence, outcome, limit);
  core.journal.append(key, { kind: 'reported', outcome });
}

/** Reports what was settled and could not be told: by a former process, or while the server did not answer. The order in hand reports itself. */
export async function reportUntold(core: StationCore, claims: ClaimDesk, inHand: string | null, limit: Wait): Promise<void> {
  for (const open of core.journal.unreported()) {
    if (open.orderId === inHand) continue;
    if (open.outcome === 'again') core.journal.append(open, { kind: 'reported', outcome: 'again' });
    else await reportOutcome(core, claims, open, open.outcome, limit);
  }
}

/** The part of a report that needs no Redis: state, event and blank account stand together or not at all. */
function recordInStore(core: StationCore, key: AttemptKey, outcome: Exclude<Outcome, 'again'>): void {
  const { store, journal } = core;
  const records = journal.recordsOf(key.orderId).filter((record) => record.attempt === key.attempt);
  const reason = records.flatMap(({ entry }) => (entry.kind === 'settled' && entry.reason !== undefined ? [entry.reason] : []));
  store.atomically(() => {
    recordBlanks(core, key.orderId);
    const withdrawn = reason.includes('ORD-WITHDRAWN');
    store.setState(key.orderId, withdrawn ? 'WITHDRAWN' : stateAfter[outcome], { reasons: reason });
    store.outbox.put({ id: `${key.orderId}.${key.attempt}.${outcome}`, orderId: key.orderId, kind: `order-${outcome}`, body: JSON.stringify(eventOf(key, records, reason)) });
  });
}

function eventOf(key: AttemptKey, records: readonly JournalRecord[], reasons: readonly string[]): unknown {
  const proof = records.findLast((record) => record.entry.kind === 'crosschecked')?.entry;
  const facts = proof?.kind === 'crosschecked' ? { cardNumber: proof.cardNumber, uid: proof.uid, certificates: proof.certificates } : {};
  return { orderId: key.orderId, attempt: key.attempt, reasons, ...facts };
}
