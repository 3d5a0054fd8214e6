import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FaultBench } from './fault-bench.ts';
import { expectPlay, type Scenario } from './run-scenario.ts';

const untouched = { rejected: 0, takenByHand: 0 };
const scrapped = { rejected: 1, takenByHand: 0 };

/** What chips, readers and the card service can do wrong while one card is made. */
const scenarios: readonly Scenario[] = [
  { title: 'ENC-MUTE: a blank whose chip never answers is rejected, and the next one is taken', faults: ['card-mute@contactless:1'], says: ['finished'], reasons: ['ENC-MUTE'], blanks: scrapped },
  { title: 'a chip that falls silent while its sectors are written', faults: ['card-mute@contactless:40'], says: ['finished'], reasons: ['ENC-MUTE'], blanks: scrapped },
  { title: 'a PIV card whose chip never answers', kind: 'piv', faults: ['card-mute@contactless:1'], says: ['finished'], reasons: ['ENC-MUTE'], blanks: scrapped },
  { title: 'LNK-TIMEOUT: a contact plate that never answers stops the station after four tries; a mended one goes on with the same card', faults: ['card-mute@contact:1', 'card-mute@contact:2', 'card-mute@contact:3', 'card-mute@contact:4'], says: ['paused for LNK-TIMEOUT', 'finished'], reasons: [], blanks: untouched },
  { title: 'a card that loses the field while its sectors are written is seated anew and completed', faults: ['card-gone@contactless:30'], says: ['finished'], reasons: [], blanks: untouched },
  { title: 'LNK-CARD-GONE: a card that is lost again when it is seated anew', faults: ['card-gone@contactless:60', 'card-gone@contactless:61'], says: ['finished'], reasons: ['LNK-CARD-GONE'], blanks: scrapped },
  { title: 'a card that loses the field while its PIV applet is written is completed', faults: ['card-gone@contact:20'], says: ['finished'], reasons: [], blanks: untouched },
  { title: 'a card that loses the field while a certificate is written gets the same certificate', faults: ['card-gone@contact:36'], says: ['finished'], reasons: [], blanks: untouched },
  { title: 'a write of a sector that is torn in the middle is done again', faults: ['card-torn@contactless:5'], says: ['finished'], reasons: [], blanks: untouched },
  { title: 'ENC-NO-CARD: a blank that no reader sees is rejected, and the station waits', faults: ['card-dead@contactless:1'], says: ['paused for ENC-NO-CARD', 'finished'], reasons: ['ENC-NO-CARD'], blanks: scrapped },
  { title: 'a printed card that cannot be read back', faults: ['card-dead@contactless:2'], says: ['finished'], reasons: ['ENC-MUTE'], blanks: scrapped },
  { title: 'a card service that is killed while sectors are written and comes back', faults: ['service-dies@contactless:30'], says: ['finished'], reasons: [], blanks: untouched },
  { title: 'a card service that is killed while the PIV applet is written and comes back', faults: ['service-dies@contact:20'], says: ['finished'], reasons: [], blanks: untouched },
];

describe('faults of chips and readers while a card is made', () => {
  let bench: FaultBench;

  beforeAll(async () => {
    bench = await FaultBench.open();
  });
  afterAll(async () => bench[Symbol.asyncDispose]());

  test.each(scenarios)('$title', async (scenario) => {
    await expectPlay(bench, scenario);
  });

  test('LNK-SERVICE-GONE: a card service that stays away stops the station, and the card inside goes on when it is back', async () => {
    const scenario = { title: '', faults: [], says: ['paused for LNK-SERVICE-GONE', 'finished'], reasons: [], blanks: untouched };
    const orderId = await expectPlay(bench, scenario, { prepare: async () => void (await bench.simulation.control.ask<'kill-card-service'>({ do: 'kill-card-service' })) });
    expect(bench.entries(orderId).filter(({ kind }) => kind === 'fed')).toHaveLength(1);
  });

  test('ENC-NO-READER: a reader that is not there stops the station, and the card inside goes on when it is', async () => {
    const { readers } = bench.config.bench;
    await bench.restart({ config: { ...bench.config, bench: { ...bench.config.bench, readers: { ...readers, contact: 'No such reader' } } } });
    const orderId = await bench.newOrder();
    const said = await bench.produce(orderId);
    expect(said).toMatchObject({ kind: 'paused', reason: 'ENC-NO-READER', fault: { detail: { field: 'No such reader' } } });
    await bench.restart();
    expect((await bench.attend(orderId, said)).at(-1)).toMatchObject({ outcome: 'finished', attempt: 1 });
    expect(bench.checkPlastic().violations).toEqual([]);
  });
});
