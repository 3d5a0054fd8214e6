import { describe, expect, test } from 'vitest';
import { judgeStep, type EvidenceTable, type PrinterStep } from '../../../../drivers/contracts/evidence-table.ts';
import type { PrinterEvidence } from '../../../../drivers/contracts/evidence.ts';
import { escapeEvidence, espfEvidence } from '../../../../drivers/printer/escape/evidence-table.ts';
import { magicardEvidence } from '../../../../drivers/printer/magicard/evidence-table.ts';
import { armFault } from '../../../../simulator/machine/card-path-person.ts';
import { parseFault } from '../../../../simulator/machine/card-path-faults.ts';
import { openMagicardSubject } from '../../../support/simulated-magicard.ts';
import { openEspfSubject } from '../../../support/simulated-espf.ts';
import { blackCard, hasty, openEvolisSubject, patient, type PrinterSubject } from '../../../support/simulated-printer.ts';

const before: PrinterEvidence = { position: 'none', cardsFed: 10, panelsPrinted: 50, cardsToOutput: null, cardsToReject: null };
const inside: PrinterEvidence = { ...before, position: 'contact', cardsFed: 11 };

describe('what the escape language proves', () => {
  test.each<[PrinterStep, PrinterEvidence, Partial<PrinterEvidence>, string]>([
    ['feed', before, {}, 'not-done'],
    ['feed', before, { position: 'contactless', cardsFed: 11 }, 'done'],
    ['feed', before, { position: 'none', cardsFed: 11 }, 'held'],
    ['feed', before, { position: 'unknown', cardsFed: 11 }, 'held'],
    ['feed', before, { position: 'contactless', cardsFed: 12 }, 'held'],
    ['feed', before, { position: 'contactless', cardsFed: null }, 'held'],
    ['print', inside, { position: 'print' }, 'not-done'],
    ['print', inside, { position: 'print', panelsPrinted: 51 }, 'held'],
    ['print', inside, { position: 'print', panelsPrinted: 55 }, 'held'],
    ['print', inside, { position: 'none' }, 'held'],
    ['eject', inside, {}, 'not-done'],
    ['eject', inside, { position: 'none' }, 'held'],
    ['eject', inside, { position: 'exit' }, 'held'],
    ['eject', inside, { cardsFed: 12 }, 'held'],
    ['reject', inside, {}, 'not-done'],
    ['reject', inside, { position: 'none' }, 'held'],
    ['eject', inside, { position: 'none', cardsFed: 12 }, 'held'],
    ['eject', inside, { position: 'unknown' }, 'held'],
  ])('%s: %j then %j is %s', (step, then, now, verdict) => {
    expect(judgeStep(escapeEvidence, step, then, { ...then, ...now })).toBe(verdict);
    expect(judgeStep(espfEvidence, step, then, { ...then, ...now })).toBe(verdict);
  });
});

test('proofs that contradict each other prove nothing', () => {
  const table: EvidenceTable = { protocol: 'x', asked: {}, proofs: [{ step: 'feed', seen: {}, proves: 'done', because: '' }, { step: 'feed', seen: {}, proves: 'not-done', because: '' }] };
  expect(judgeStep(table, 'feed', before, before)).toBe('held');
});

/** A step is cut off in one way; the verdict must be what is true of the card, or that it is not known. */
const kills: readonly { readonly fault: string; readonly step: PrinterStep; readonly truth: 'done' | 'not-done'; readonly verdict: 'done' | 'not-done' | 'held' }[] = [
  { fault: 'no-answer@Sic:1', step: 'feed', truth: 'done', verdict: 'done' },
  { fault: 'jam-at-contactless@1', step: 'feed', truth: 'not-done', verdict: 'held' },
  { fault: 'feeder-empty@1', step: 'feed', truth: 'not-done', verdict: 'not-done' },
  { fault: 'no-answer@Ss:1', step: 'print', truth: 'not-done', verdict: 'not-done' },
  { fault: 'no-answer@Se:1', step: 'print', truth: 'done', verdict: 'held' },
  { fault: 'no-answer@Se:2', step: 'eject', truth: 'done', verdict: 'held' },
  { fault: 'hopper-full@1', step: 'eject', truth: 'not-done', verdict: 'not-done' },
  { fault: 'jam-at-exit@1', step: 'eject', truth: 'not-done', verdict: 'held' },
  { fault: 'no-answer@Ser:1', step: 'reject', truth: 'done', verdict: 'held' },
  { fault: 'reject-full@1', step: 'reject', truth: 'not-done', verdict: 'not-done' },
];

async function runUntil(subject: PrinterSubject, fails: PrinterStep): Promise<PrinterEvidence> {
  const { printer } = subject;
  const acts: readonly [PrinterStep, (limit: ReturnType<typeof patient>) => Promise<unknown>][] = [
    ['feed', async (limit) => printer.feed('contactless', limit)],
    ['print', async (limit) => printer.print(blackCard(), limit)],
    fails === 'reject' ? ['reject', async (limit) => printer.eject('reject', limit)] : ['eject', async (limit) => printer.eject('output', limit)],
  ];
  await printer.prepare(patient());
  for (const [step, act] of acts) {
    const then = await printer.examine(patient());
    if (step !== fails) await act(patient());
    else {
      await expect(act(hasty(1500))).rejects.toThrow();
      return then;
    }
  }
  throw new Error(`${fails} did not fail`);
}

describe('after a real interruption the table says what is true, or holds', () => {
  test.each(kills)('$fault in $step: $verdict', async ({ fault, step, truth, verdict }) => {
    await using subject = await openEvolisSubject();
    const { name, nth, trigger } = parseFault(fault);
    subject.holder.update((path) => armFault(path, name, nth, trigger));
    const then = await runUntil(subject, step);
    const judged = judgeStep(escapeEvidence, step, then, await subject.printer.examine(patient()));
    expect(judged).toBe(verdict);
    expect(['held', truth]).toContain(judged);
  });
});

describe('what is asked', () => {
  test('is what the driver gives; all else is null', async () => {
    await using evolis = await openEvolisSubject();
    await using espf = await openEspfSubject();
    await using magicard = await openMagicardSubject();
    for (const [table, subject] of [[escapeEvidence, evolis], [espfEvidence, espf], [magicardEvidence, magicard]] as const) {
      const evidence = await subject.printer.examine(patient());
      for (const [name, value] of Object.entries(evidence)) {
        const given = value !== null && value !== 'unknown';
        expect(given, `${table.protocol} ${name}`).toBe(Object.hasOwn(table.asked, name));
      }
    }
  });

  test('a Magicard proves a print by its counters alone', () => {
    const then: PrinterEvidence = { position: 'unknown', cardsFed: null, panelsPrinted: 5, cardsToOutput: 1, cardsToReject: null };
    expect(judgeStep(magicardEvidence, 'print', then, { ...then, panelsPrinted: 10, cardsToOutput: 2 })).toBe('done');
    expect(judgeStep(magicardEvidence, 'print', then, then)).toBe('held');
    expect(judgeStep(magicardEvidence, 'print', then, { ...then, panelsPrinted: 15, cardsToOutput: 3 })).toBe('held');
    expect(judgeStep(magicardEvidence, 'eject', then, { ...then, cardsToOutput: 2 })).toBe('held');
  });
});
