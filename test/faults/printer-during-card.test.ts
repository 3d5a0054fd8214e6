import { afterAll, beforeAll, describe, test } from 'vitest';
import { FaultBench } from './fault-bench.ts';
import { expectPlay, type Scenario } from './run-scenario.ts';

const byHand = { rejected: 0, takenByHand: 1 };
const untouched = { rejected: 0, takenByHand: 0 };
const scrapped = { rejected: 1, takenByHand: 0 };
/** What the person says who took a stuck card out: it is destroyed; then a new card is made. */
const lostToTheJam = { says: ['paused for PRN-JAM', 'held: where-is-the-card', 'finished'], reasons: ['QC-UNKNOWN-OUTCOME', 'QC-UNKNOWN-OUTCOME'], blanks: byHand } as const;

/** What the printer can do wrong while one card is made. */
const scenarios: readonly Scenario[] = [
  { title: 'PRN-FEEDER-EMPTY: an empty feeder waits for blanks and loses nothing', faults: ['feeder-empty@1'], says: ['paused for PRN-FEEDER-EMPTY', 'finished'], reasons: [], blanks: untouched },
  { title: 'PRN-JAM: a blank sticks on its way from the feeder', faults: ['jam-at-contactless@1'], ...lostToTheJam },
  { title: 'PRN-JAM: an encoded card sticks on its way to the contact station', faults: ['jam-at-contact@1'], ...lostToTheJam },
  { title: 'PRN-JAM: an encoded card sticks under the print head', faults: ['jam-at-print@1'], ...lostToTheJam },
  { title: 'PRN-JAM: a printed card sticks on its way to be read back', faults: ['jam-at-contactless@2'], ...lostToTheJam },
  { title: 'PRN-JAM: a finished card sticks on its way out', faults: ['jam-at-exit@1'], ...lostToTheJam, says: ['paused for PRN-JAM', 'held: where-is-the-good-card', 'finished'] },
  { title: 'PRN-JAM: a rejected card sticks on its way to the reject box', faults: ['card-worn@contactless:1', 'jam-at-reject@1'], says: ['paused for PRN-JAM', 'held: where-is-the-card', 'finished'], reasons: ['QC-UNKNOWN-OUTCOME', 'ENC-VERIFY'], blanks: byHand },
  { title: 'PRN-UNKNOWN: a good card left in the bezel is asked of a person, though the printer says OK', faults: ['left-in-bezel@1'], ...lostToTheJam, says: ['paused for PRN-UNKNOWN', 'held: where-is-the-good-card', 'finished'] },
  { title: 'PRN-COVER-OPEN: a cover opened in a panel costs the card, and only that', faults: ['cover-open@3'], says: ['paused for PRN-COVER-OPEN', 'finished'], reasons: ['QC-PRINT-DEFECT'], blanks: scrapped },
  { title: 'PRN-RIBBON-END: a ribbon that ends in the card scraps it and waits for a new one', faults: ['ribbon-end@4'], says: ['paused for PRN-RIBBON-END', 'finished'], reasons: ['PRN-RIBBON-END'], blanks: scrapped },
  { title: 'PRN-RIBBON-WRONG: a wrong ribbon waits with the card inside', faults: ['ribbon-wrong@1'], says: ['paused for PRN-RIBBON-WRONG', 'finished'], reasons: [], blanks: untouched },
  { title: 'PRN-TEMPERATURE: a hot head scraps the card that it has begun', faults: ['head-hot@4'], says: ['paused for PRN-TEMPERATURE', 'finished'], reasons: ['PRN-TEMPERATURE'], blanks: scrapped },
  { title: 'PRN-CLEANING-OVERDUE: cleaning waits with the card inside', faults: ['need-cleaning@1'], says: ['paused for PRN-CLEANING-OVERDUE', 'finished'], reasons: [], blanks: untouched },
  { title: 'PRN-OUTPUT-FULL: a finished card waits inside until the output tray has room', faults: ['hopper-full@1'], says: ['paused for PRN-OUTPUT-FULL', 'finished'], reasons: [], blanks: untouched },
  { title: 'PRN-REJECT-FULL: a bad card waits inside until the reject box has room', faults: ['card-worn@contactless:1', 'reject-full@1'], says: ['paused for PRN-REJECT-FULL', 'finished'], reasons: ['ENC-VERIFY'], blanks: scrapped },
  { title: 'no answer to a feed: the counter says that the card was fed', faults: ['no-answer@Sic:1'], says: ['finished'], reasons: [], blanks: untouched },
  { title: 'no answer to a move: the card is where it should be, and goes on', faults: ['no-answer@Sis:1'], says: ['finished'], reasons: [], blanks: untouched },
  { title: 'QC-UNKNOWN-OUTCOME: no answer to the ejection of a good card is asked of a person', faults: ['no-answer@Se:2'], says: ['held: where-is-the-good-card', 'finished'], reasons: ['PRN-UNKNOWN'], blanks: untouched },
  { title: 'half an answer to the ejection of a good card is asked of a person', faults: ['half-answer@Se:2'], says: ['held: where-is-the-good-card', 'finished'], reasons: ['PRN-UNKNOWN'], blanks: untouched },
  { title: 'a printer that starts anew while it feeds', faults: ['reboot@Sic:1'], says: ['finished'], reasons: [], blanks: untouched },
  { title: 'a printer that starts anew while it moves', faults: ['reboot@Sis:1'], says: ['finished'], reasons: [], blanks: untouched },
  { title: 'a connection cut in the third panel scraps the card and waits for a person', faults: ['connection-cut@3'], says: ['paused for PRN-UNKNOWN', 'finished'], reasons: ['PRN-UNKNOWN'], blanks: scrapped },
  { title: 'PRN-UNKNOWN: an OK although the card sticks is not believed', faults: ['answered-ok-but-jammed@2'], ...lostToTheJam, says: ['paused for PRN-UNKNOWN', 'held: where-is-the-card', 'finished'] },
];

describe('faults of the printer while a card is made', () => {
  let bench: FaultBench;

  beforeAll(async () => {
    bench = await FaultBench.open();
  });
  afterAll(async () => bench[Symbol.asyncDispose]());

  test.each(scenarios)('$title', async (scenario) => {
    await expectPlay(bench, scenario);
  });
});
