import type { PrinterEvidence } from '../../../drivers/contracts/evidence.ts';
import type { AttemptKey, JournalEntry, Outcome } from '../../../queue/journal/journal-entry.ts';

/** What an empty printer says. */
export const nothingInside: PrinterEvidence = { position: 'none', cardsFed: 4, panelsPrinted: 20, cardsToOutput: 3, cardsToReject: 1 };

export function attemptOf(orderId: string, attempt = 1, fence = 1): AttemptKey {
  return { orderId, attempt, fence };
}

export const claimed: JournalEntry = { kind: 'claimed', payloadDigest: 'ab'.repeat(32) };

export function planned(cardNumber: string): JournalEntry {
  return { kind: 'planned', cardNumber, guid: '00'.repeat(16), validFrom: '2026-11-22', validTo: '2031-11-21', artwork: 'cd'.repeat(32), profile: 'standard 1' };
}

export function identified(uid: string): JournalEntry {
  return { kind: 'identified', uid, atr: '3b8f' };
}

export function settled(outcome: Outcome): JournalEntry {
  return outcome === 'finished' ? { kind: 'settled', outcome } : { kind: 'settled', outcome, reason: 'ENC-VERIFY' };
}

/** A whole good card of eight records. */
export function goodCard(cardNumber: string, uid: string): readonly JournalEntry[] {
  return [
    claimed,
    planned(cardNumber),
    { kind: 'feed-intent', evidence: nothingInside },
    { kind: 'fed', evidence: { ...nothingInside, position: 'contactless', cardsFed: 5 } },
    identified(uid),
    { kind: 'eject-intent', to: 'output', evidence: nothingInside },
    { kind: 'ejected', to: 'output', evidence: nothingInside },
    settled('finished'),
  ];
}
