import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProductionResult } from '../../daemon/produce/produce-order.ts';
import { FaultBench } from './fault-bench.ts';
import { expectPlay, type Scenario } from './run-scenario.ts';

const untouched = { rejected: 0, takenByHand: 0 };
const scrapped = { rejected: 1, takenByHand: 0 };

/** What the certificate authority can do wrong while one card is made. The first of its requests are not enrolments. */
const scenarios: readonly Scenario[] = [
  { title: 'ENC-CA-UNAVAILABLE: an authority that is away is waited for with the card inside', faults: ['ca-away@1'], says: ['paused for ENC-CA-UNAVAILABLE', 'finished'], reasons: [], blanks: untouched },
  { title: 'a slow authority is waited for', faults: ['ca-slow@1'], says: ['finished'], reasons: [], blanks: untouched },
  { title: 'an authority that says to come back later is asked again', faults: ['ca-waiting@3'], says: ['finished'], reasons: [], blanks: untouched },
  { title: 'CA-REFUSED: a refused request waits with the card inside', faults: ['ca-refuse@3'], says: ['paused for CA-REFUSED', 'finished'], reasons: [], blanks: untouched },
  { title: 'a certificate whose answer was lost waits with the card inside, which goes on with a new key', faults: ['ca-lost-answer@3'], says: ['paused for ENC-CA-UNAVAILABLE', 'finished'], reasons: [], blanks: untouched },
  { title: 'ENC-CERT-MISMATCH: a certificate for another key costs the card and stops the station', faults: ['ca-wrong-key@3'], says: ['paused for ENC-CERT-MISMATCH', 'finished'], reasons: ['ENC-CERT-MISMATCH'], blanks: scrapped },
  { title: 'CA-POLICY: a certificate that tells another assurance is not written, and the card waits', faults: ['ca-wrong-policy@2'], says: ['paused for CA-POLICY', 'finished'], reasons: [], blanks: untouched },
  { title: 'CA-PROTOCOL: an authority that answers nonsense is waited for with the card inside', faults: ['ca-garbled@1'], says: ['paused for CA-PROTOCOL', 'finished'], reasons: [], blanks: untouched },
];

describe('faults of authority, keys and letters while a card is made', () => {
  let bench: FaultBench;

  beforeAll(async () => {
    bench = await FaultBench.open();
  });
  afterAll(async () => bench[Symbol.asyncDispose]());

  test.each(scenarios)('$title', async (scenario) => {
    await expectPlay(bench, scenario);
  });

  test('KEY-UNAVAILABLE: a key that the station may not use stops it, and the card inside goes on when it may', async () => {
    const { keys } = bench.config;
    const withoutLock = keys.keys.filter(({ label }) => label !== 'piv-9b');
    await bench.restart({ config: { ...bench.config, keys: { ...keys, keys: withoutLock } } });
    const orderId = await bench.newOrder('piv');
    const said = await bench.produce(orderId);
    expect(said).toMatchObject({ kind: 'paused', reason: 'KEY-UNAVAILABLE' });
    await bench.restart();
    expect((await bench.attend(orderId, said)).at(-1)).toMatchObject({ outcome: 'finished', attempt: 1 });
    expect(bench.checkPlastic().violations).toEqual([]);
  });

  test('KEY-UNAVAILABLE: a station whose token lacks a key does not start', async () => {
    const { keys } = bench.config;
    const missing = { label: 'no-such-key', use: 'derive' as const, versions: [1] };
    await expect(bench.restart({ config: { ...bench.config, keys: { ...keys, keys: [...keys.keys, missing] } } })).rejects.toMatchObject({ code: 'KEY-UNAVAILABLE' });
    await bench.start();
  });

  describe('a letter that cannot be laid down, and an authority that is not there at the next start', () => {
    /** A printed card that waits in the machine for its letter. */
    const cardInside = async (): Promise<string> => {
      const notAFolder = join(bench.dir, `letters-${bench.orderIds.length}`);
      await writeFile(notAFolder, '');
      await bench.restart({ config: { ...bench.config, lettersDir: notAFolder } });
      const orderId = await bench.newOrder('piv');
      expect(await bench.produce(orderId)).toMatchObject({ kind: 'paused', reason: 'DEL-LETTER' });
      return orderId;
    };
    const comesBack = async (orderId: string, said: ProductionResult): Promise<void> => {
      await bench.arm('ca-away@1');
      expect((await bench.attend(orderId, said)).at(-1)).toMatchObject({ outcome: 'finished', attempt: 1 });
      expect(bench.checkPlastic().violations).toEqual([]);
    };

    test('DEL-LETTER: the printed card waits inside; without the authority it is finished, and the next card waits for its certificates', async () => {
      const orderId = await cardInside();
      await bench.restart({ meanwhile: () => bench.arm('ca-away@100000') });
      expect(await bench.produce(orderId)).toMatchObject({ kind: 'settled', outcome: 'finished', attempt: 1 });
      const next = await bench.newOrder('piv');
      const said = await bench.produce(next);
      expect(said).toMatchObject({ kind: 'paused', reason: 'ENC-CA-UNAVAILABLE' });
      await comesBack(next, said);
    });

    test('CA-PROTOCOL: where what was kept of the authority is damaged too, the station starts, and the card in the machine waits', async () => {
      const orderId = await cardInside();
      await bench.restart({ meanwhile: async () => {
        await writeFile(join(bench.config.dataDir, 'authority-chain'), 'not what was kept');
        await bench.arm('ca-garbled@100000');
      } });
      const said = await bench.produce(orderId);
      expect(said).toMatchObject({ kind: 'paused', reason: 'CA-PROTOCOL' });
      await comesBack(orderId, said);
    });
  });
});
