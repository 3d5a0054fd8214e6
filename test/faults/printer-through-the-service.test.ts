import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { batchFindings, refusals } from '../../daemon/station/bench-fitness.ts';
import { readBench, requireBatch } from '../../daemon/station/judge-batch.ts';
import { changeRibbon } from '../../simulator/machine/card-path-person.ts';
import { newRibbon } from '../../simulator/machine/card-path-ribbon.ts';
import { copyProfilesWithStripe } from '../support/samples/magnetic-profile.ts';
import { openEspfSubject } from '../support/simulated-espf.ts';
import { patient } from '../support/simulated-printer.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { FaultBench } from './fault-bench.ts';
import { expectPlay, type Scenario } from './run-scenario.ts';

const untouched = { rejected: 0, takenByHand: 0 };
const scrapped = { rejected: 1, takenByHand: 0 };

/** Faults of a printer behind the vendor's service, on cards with a magnetic stripe. */
const scenarios: readonly Scenario[] = [
  { title: 'a card with a stripe is made: its tracks are written and read back', kind: 'piv', faults: [], says: ['finished'], reasons: [], blanks: untouched },
  { title: 'PRN-RESERVED: another program takes the printer before the card is printed', kind: 'piv', faults: ['taken-by-another@Print:1'], says: ['paused for PRN-RESERVED', 'finished'], reasons: [], blanks: untouched },
  { title: 'PRN-MAGNETIC: a stripe that cannot be written scraps the card', kind: 'piv', faults: ['magnetic-refused@1'], says: ['finished'], reasons: ['PRN-MAGNETIC'], blanks: scrapped },
  { title: 'a cover opened in a panel: the event of the service costs the card, and only that', kind: 'piv', faults: ['cover-open@3'], says: ['paused for PRN-COVER-OPEN', 'finished'], reasons: ['QC-PRINT-DEFECT'], blanks: scrapped },
  { title: 'no answer to the ejection of a good card is asked of a person', kind: 'piv', faults: ['no-answer@Se:1'], says: ['held: where-is-the-good-card', 'finished'], reasons: ['PRN-UNKNOWN'], blanks: untouched },
];

describe('faults of a printer behind the service', () => {
  let profiles: TemporaryFolder;
  let bench: FaultBench;

  beforeAll(async () => {
    profiles = await temporaryFolder('stripe-profiles');
    bench = await FaultBench.open({ printerProtocol: 'espf', profilesDir: await copyProfilesWithStripe(profiles.path) });
  }, 60_000);
  afterAll(async () => {
    await bench[Symbol.asyncDispose]();
    await profiles[Symbol.asyncDispose]();
  });

  test.each(scenarios)('$title', async (scenario) => {
    const orderId = await expectPlay(bench, scenario);
    const steps = bench.entries(orderId).flatMap((entry) => (entry.kind === 'encoded' ? [entry.step] : []));
    expect(steps.slice(-2)).toEqual(['piv', 'magnetic']);
  });

  test('PRN-RIBBON-SHORT: a batch that needs more or another ribbon than there is is refused, with its figures', async () => {
    const orderIds = [await bench.newOrder('piv'), await bench.newOrder()];
    await bench.simulation.control.ask<'change-ribbon'>({ do: 'change-ribbon', type: 'ymcko', sets: 3 });
    await expect(requireBatch(bench.core, orderIds, new AbortController().signal)).rejects.toMatchObject({ code: 'PRN-RIBBON-SHORT', detail: { data: { left: 1, needed: 2 } } });
    await bench.simulation.control.ask<'change-ribbon'>({ do: 'change-ribbon', type: 'ymckok', sets: 500 });
    await expect(requireBatch(bench.core, orderIds, new AbortController().signal)).rejects.toMatchObject({ code: 'PRN-RIBBON-WRONG' });
    await bench.simulation.control.ask<'change-ribbon'>({ do: 'change-ribbon', type: 'ymcko', sets: 40 });
    await expect(requireBatch(bench.core, orderIds, new AbortController().signal)).resolves.toBeUndefined();
  });
});

test('PRN-RIBBON-LOW, PRN-CLEANING-SHORT, PRN-CLEANING-DUE: what the printer has left is told before a batch, and refuses it when it is too little', async () => {
  await using subject = await openEspfSubject();
  const judge = async (sets: number, cardsSinceCleaning: number): Promise<readonly string[]> => {
    subject.holder.update((path) => ({ ...changeRibbon(path, newRibbon('ymcko', 2 * sets)), counters: { ...path.counters, cardsSinceCleaning } }));
    const findings = batchFindings(await readBench(subject.printer, patient()), { cards: 10, profiles: [] });
    return findings.map(({ code, detail }) => `${code} ${String(detail?.data?.['left'])} of ${String(detail?.data?.['needed'])}${refusals(findings).some((refusal) => refusal.code === code) ? ' refused' : ''}`);
  };
  expect(await judge(15, 100)).toEqual([]);
  expect(await judge(14, 100)).toEqual(['PRN-RIBBON-LOW 14 of 10']);
  expect(await judge(9, 990)).toEqual(['PRN-RIBBON-SHORT 9 of 10 refused', 'PRN-CLEANING-DUE 10 of 10']);
  expect(await judge(500, 991)).toEqual(['PRN-CLEANING-SHORT 9 of 10 refused']);
});
