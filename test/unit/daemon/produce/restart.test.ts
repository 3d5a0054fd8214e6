import { describe, expect, test } from 'vitest';
import { foldAttempt } from '../../../../daemon/produce/attempt-state.ts';
import type { OrderEffect } from '../../../../daemon/produce/order-effect.ts';
import { provenOf } from '../../../../daemon/produce/announced-step.ts';
import { restart } from '../../../../daemon/produce/restart.ts';
import type { EvidenceTable } from '../../../../drivers/contracts/evidence-table.ts';
import type { PrinterEvidence } from '../../../../drivers/contracts/evidence.ts';
import type { FaultCode } from '../../../../drivers/contracts/fault.ts';
import { escapeEvidence } from '../../../../drivers/printer/escape/evidence-table.ts';
import { magicardEvidence } from '../../../../drivers/printer/magicard/evidence-table.ts';
import type { JournalEntry } from '../../../../queue/journal/journal-entry.ts';

const before: PrinterEvidence = { position: 'none', cardsFed: 10, panelsPrinted: 50, cardsToOutput: null, cardsToReject: null };
const claimed: JournalEntry = { kind: 'claimed', payloadDigest: 'd' };
const planned: JournalEntry = { kind: 'planned', cardNumber: 'BB-2611-000001', guid: '00', validFrom: '2026-11-22', validTo: '2031-11-22', artwork: 'a', profile: 'p@1' };
const feedIntent: JournalEntry = { kind: 'feed-intent', evidence: before };
const fed: JournalEntry = { kind: 'fed', evidence: { ...before, position: 'contactless', cardsFed: 11 } };
const identified: JournalEntry = { kind: 'identified', uid: 'AABBCCDD', atr: '3B' };
const encodeIntent: JournalEntry = { kind: 'encode-intent', step: 'piv' };
const permanent: JournalEntry = { kind: 'effect-intent', step: 'piv', effect: 'permanent', act: 'issue 9A' };
const printIntent: JournalEntry = { kind: 'print-intent', evidence: { ...before, position: 'contact', cardsFed: 11 }, artwork: 'a' };
const printed: JournalEntry = { kind: 'printed', evidence: before, durationMs: 5000 };
const crosschecked: JournalEntry = { kind: 'crosschecked', uid: 'AABBCCDD', cardNumber: 'n', certificates: [], artwork: 'a', chips: 'c' };
const ejectGood: JournalEntry = { kind: 'eject-intent', to: 'output', evidence: before };
const ejectBad: JournalEntry = { kind: 'eject-intent', to: 'reject', reason: 'ENC-VERIFY', evidence: before };

const upTo = (...entries: readonly JournalEntry[]): readonly JournalEntry[] => [claimed, planned, ...entries];

function decide(entries: readonly JournalEntry[], evidence: Partial<PrinterEvidence> | null, chipUid: string | null = 'AABBCCDD', fault: FaultCode | null = null, proofs: EvidenceTable = escapeEvidence): OrderEffect {
  const chip = chipUid === null ? null : { uid: chipUid, tag: null };
  const state = foldAttempt(entries);
  const now = evidence === null ? null : { ...before, ...evidence };
  return restart(state, { kind: 'asked', evidence: now, proven: provenOf(proofs, state, now), chip, fault }, { steps: ['mifare', 'piv'], attemptsLeft: 3 });
}

describe('the restart table', () => {
  test.each([
    ['a feed that never happened is done', upTo(feedIntent), { position: 'none', cardsFed: 10 }, { do: 'feed' }],
    ['a feed that happened is recorded', upTo(feedIntent), { position: 'contactless', cardsFed: 11 }, { do: 'record' }],
    ['a fed card that is gone is asked for', upTo(feedIntent), { position: 'none', cardsFed: 11 }, { do: 'hold', question: 'where-is-the-card' }],
    ['a card of nobody stops the station', [claimed, planned], { position: 'contact' }, { do: 'pause', reason: 'PRN-UNKNOWN' }],
    ['an interrupted repeatable encoding goes on', upTo(feedIntent, fed, identified, encodeIntent), { position: 'contact' }, { do: 'encode', step: 'mifare' }],
    ['an interrupted permanent act scraps the card', upTo(feedIntent, fed, identified, encodeIntent, permanent), { position: 'contact' }, { do: 'eject', to: 'reject', reason: 'ENC-PARTIAL' }],
    ['a print that never began is done', upTo(feedIntent, fed, identified, printIntent), { position: 'print', cardsFed: 11, panelsPrinted: 50 }, { do: 'print' }],
    ['a print of which a panel was made scraps the card', upTo(feedIntent, fed, identified, printIntent), { position: 'print', panelsPrinted: 52 }, { do: 'eject', to: 'reject', reason: 'QC-PRINT-DEFECT' }],
    ['a print without a panel counter scraps the card', upTo(feedIntent, fed, identified, printIntent), { position: 'print', panelsPrinted: null }, { do: 'eject', to: 'reject', reason: 'QC-PRINT-DEFECT' }],
    ['a good card still inside leaves now', upTo(feedIntent, fed, identified, printed, crosschecked, ejectGood), { position: 'print' }, { do: 'eject', to: 'output' }],
    ['a good card that left without a receipt is asked for', upTo(feedIntent, fed, identified, printed, crosschecked, ejectGood), { position: 'none' }, { do: 'hold', question: 'where-is-the-good-card' }],
    ['a bad card still inside is rejected again', upTo(feedIntent, fed, identified, ejectBad), { position: 'print' }, { do: 'eject', to: 'reject', reason: 'ENC-VERIFY' }],
    ['a bad card that left without a receipt is asked for', upTo(feedIntent, fed, identified, ejectBad), { position: 'none' }, { do: 'hold', question: 'where-is-the-card' }],
  ] as const)('%s', (_name, entries, evidence, expected) => {
    expect(decide(entries, evidence)).toMatchObject(expected);
  });

  test('what is proven is the table of the protocol: a receipt of the output tray is one where the protocol counts trays, and a Magicard proves nothing here', () => {
    const counting: EvidenceTable = { ...escapeEvidence, proofs: [...escapeEvidence.proofs, { step: 'eject', seen: { position: ['none'], cardsToOutput: 'one-more' }, proves: 'done', because: 'the tray counted it' }] };
    const left = upTo(feedIntent, fed, identified, printed, crosschecked, { ...ejectGood, evidence: { ...before, cardsToOutput: 4 } });
    expect(decide(left, { position: 'none', cardsToOutput: 5 }, null, null, counting)).toMatchObject({ do: 'record', entry: { kind: 'ejected', to: 'output' } });
    expect(decide(left, { position: 'none', cardsToOutput: 5 }, null, null, escapeEvidence)).toMatchObject({ do: 'hold', question: 'where-is-the-good-card' });
    expect(decide(left, { position: 'none', cardsToOutput: 6 }, null, null, counting)).toMatchObject({ do: 'hold', question: 'where-is-the-good-card' });
    expect(decide(upTo(feedIntent), { position: 'none' }, null, null, magicardEvidence)).toMatchObject({ do: 'hold', question: 'where-is-the-card' });
  });

  test('a card inside that nobody can say to be the rejected one is not rejected in its place', () => {
    expect(decide(upTo(feedIntent, fed, identified, ejectBad), { position: 'contactless', cardsFed: 11 })).toEqual({ do: 'pause', reason: 'PRN-UNKNOWN' });
  });

  test('a swapped card is never used', () => {
    for (const entries of [upTo(feedIntent, fed, identified), upTo(feedIntent, fed, identified, printIntent), upTo(feedIntent, fed, identified, printed), upTo(feedIntent, fed, identified, printed, crosschecked)]) {
      expect(decide(entries, { position: 'contactless' }, '01020304')).toMatchObject({ do: 'hold', question: 'whose-card-is-inside' });
    }
  });

  test('a card that was laid in after the good one left is not taken for it: a person says where the good one is', () => {
    const leaving = upTo(feedIntent, fed, identified, printed, crosschecked, ejectGood);
    expect(decide(leaving, { position: 'contactless' }, '01020304')).toMatchObject({ do: 'hold', question: 'where-is-the-good-card' });
    expect(decide(leaving, { position: 'contactless' }, null)).toEqual({ do: 'pause', reason: 'PRN-UNKNOWN' });
  });

  test('a silent chip is rejected', () => {
    expect(decide(upTo(feedIntent, fed, identified), { position: 'contactless' }, null)).toMatchObject({ do: 'eject', to: 'reject', reason: 'ENC-MUTE' });
  });

  test('an unreachable printer or a card at an unclear place pauses, with the fault that told so', () => {
    expect(decide(upTo(feedIntent), null)).toEqual({ do: 'pause', reason: 'PRN-OFFLINE' });
    expect(decide(upTo(feedIntent), { position: 'unknown' }, null, 'PRN-JAM')).toEqual({ do: 'pause', reason: 'PRN-JAM' });
  });

  test('an empty feeder pauses and loses nothing; an order fault before any card refuses the order', () => {
    expect(decide(upTo(feedIntent), { position: 'none' }, null, 'PRN-FEEDER-EMPTY')).toEqual({ do: 'pause', reason: 'PRN-FEEDER-EMPTY' });
    expect(decide([claimed], { position: 'none' }, null, 'ORD-TEXT-TOO-LONG')).toEqual({ do: 'settle', outcome: 'refused', reason: 'ORD-TEXT-TOO-LONG' });
  });

  test('what stands around the card is mended with the card inside; the card is not given up for it', () => {
    const onTheWay = [upTo(feedIntent, fed), upTo(feedIntent, fed, identified), upTo(feedIntent, fed, identified, encodeIntent), upTo(feedIntent, fed, identified, printed)];
    for (const entries of onTheWay) {
      for (const fault of ['ENC-CA-UNAVAILABLE', 'CA-REFUSED', 'KEY-UNAVAILABLE', 'PRN-COVER-OPEN', 'ENC-NO-READER', 'DEL-LETTER'] as const) {
        expect(decide(entries, { position: 'contact' }, 'AABBCCDD', fault)).toEqual({ do: 'pause', reason: fault });
      }
    }
  });

  test('a card in a permanent act is given up for the reason that stops the station, not only for being interrupted', () => {
    const entries = upTo(feedIntent, fed, identified, encodeIntent, permanent);
    expect(decide(entries, { position: 'contact' }, 'AABBCCDD', 'ENC-CA-UNAVAILABLE')).toEqual({ do: 'eject', to: 'reject', reason: 'ENC-CA-UNAVAILABLE' });
    expect(decide(entries, { position: 'contact' }, 'AABBCCDD', 'ENC-CERT-MISMATCH')).toEqual({ do: 'eject', to: 'reject', reason: 'ENC-CERT-MISMATCH' });
    expect(decide(entries, { position: 'contact' }, 'AABBCCDD', 'LNK-TIMEOUT')).toEqual({ do: 'eject', to: 'reject', reason: 'ENC-PARTIAL' });
  });

  test('a card that is rejected for a fault of its own is rejected for that, although its chip is silent afterwards', () => {
    expect(decide(upTo(feedIntent, fed, identified, encodeIntent), { position: 'contactless' }, null, 'LNK-CARD-GONE')).toMatchObject({ do: 'eject', reason: 'LNK-CARD-GONE' });
    expect(decide(upTo(feedIntent, fed, identified, encodeIntent), { position: 'contactless' }, null, 'LNK-TIMEOUT')).toMatchObject({ do: 'eject', reason: 'ENC-MUTE' });
    expect(decide(upTo(feedIntent, fed), { position: 'contactless' }, null, 'LNK-TIMEOUT')).toMatchObject({ do: 'eject', reason: 'ENC-MUTE' });
    expect(decide(upTo(feedIntent, fed), { position: 'contactless' }, null, 'ENC-WRONG-BLANK')).toMatchObject({ do: 'eject', reason: 'ENC-WRONG-BLANK' });
  });

  test('a card that lost the field and answers again is gone on with, but not in a permanent act, nor on and on', () => {
    const encoding = upTo(feedIntent, fed, identified, encodeIntent);
    expect(decide(encoding, { position: 'contactless' }, 'AABBCCDD', 'LNK-CARD-GONE')).toEqual({ do: 'encode', step: 'mifare' });
    expect(decide(upTo(feedIntent, fed), { position: 'contactless' }, 'AABBCCDD', 'LNK-CARD-GONE')).toEqual({ do: 'identify' });
    expect(decide(upTo(feedIntent, fed, identified, printed), { position: 'contact' }, 'AABBCCDD', 'LNK-CARD-GONE')).toEqual({ do: 'crosscheck' });
    expect(decide(upTo(feedIntent, fed, identified, encodeIntent, permanent), { position: 'contact' }, 'AABBCCDD', 'LNK-CARD-GONE')).toEqual({ do: 'eject', to: 'reject', reason: 'LNK-CARD-GONE' });
    expect(decide([...encoding, encodeIntent, encodeIntent], { position: 'contactless' }, 'AABBCCDD', 'LNK-CARD-GONE')).toEqual({ do: 'eject', to: 'reject', reason: 'LNK-CARD-GONE' });
    expect(decide(encoding, { position: 'contactless' }, '01020304', 'LNK-CARD-GONE')).toMatchObject({ do: 'hold', question: 'whose-card-is-inside' });
  });

  test('an answer that was lost on the way to a station costs no card when the card can be seen', () => {
    expect(decide(upTo(feedIntent, fed, identified, encodeIntent), { position: 'contact' }, 'AABBCCDD', 'PRN-UNKNOWN')).toEqual({ do: 'encode', step: 'mifare' });
    expect(decide(upTo(feedIntent, fed, identified, printed), { position: 'contactless' }, 'AABBCCDD', 'PRN-UNKNOWN')).toEqual({ do: 'crosscheck' });
    expect(decide(upTo(feedIntent, fed, identified, printIntent), { position: 'print', panelsPrinted: 51 }, 'AABBCCDD', 'PRN-UNKNOWN')).toMatchObject({ do: 'eject', to: 'reject' });
  });

  test('a used card in the feeder is told as that', () => {
    const known = { kind: 'asked', evidence: { ...before, position: 'contactless' }, proven: 'held', chip: { uid: 'AABBCCDD', tag: { orderId: 'OTHER', attempt: 1 } }, fault: 'ENC-UID-USED' } as const;
    expect(restart(foldAttempt(upTo(feedIntent, fed)), known, { steps: ['mifare'], attemptsLeft: 3 })).toEqual({ do: 'hold', question: 'whose-card-is-inside', reason: 'ENC-UID-USED' });
  });

  test('every stage has an answer for a card inside, outside, and at an unclear place', () => {
    const stages = [[claimed], upTo(), upTo(feedIntent), upTo(feedIntent, fed), upTo(feedIntent, fed, identified), upTo(feedIntent, fed, identified, encodeIntent), upTo(feedIntent, fed, identified, printIntent), upTo(feedIntent, fed, identified, printed), upTo(feedIntent, fed, identified, printed, crosschecked), upTo(ejectGood), upTo(ejectBad)];
    for (const entries of stages) {
      for (const position of ['none', 'contactless', 'contact', 'print', 'exit', 'unknown'] as const) {
        for (const fault of [null, 'LNK-TIMEOUT', 'ENC-VERIFY', 'PRN-JAM', 'KEY-UNAVAILABLE'] as const) {
          expect(decide(entries, { position }, 'AABBCCDD', fault).do).toMatch(/^(feed|plan|identify|encode|print|crosscheck|eject|record|pause|hold|settle)$/);
        }
      }
    }
  });
});
