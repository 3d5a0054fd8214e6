import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { beforePrinting, FaultBench, withPrintFloors } from './fault-bench.ts';
import { expectPlay } from './run-scenario.ts';

const nothingElse = { title: '', faults: [] };

/** What people and blanks can do wrong: other cards than the station expects. */
describe('cards that are not what the station expects', () => {
  let bench: FaultBench;

  beforeAll(async () => {
    bench = await FaultBench.open();
  });
  afterAll(async () => bench[Symbol.asyncDispose]());

  const look = async (): Promise<readonly { readonly uid: string; readonly place: string; readonly tag: unknown }[]> => (await bench.simulation.control.ask<'look'>({ do: 'look' })).cards;
  const inside = async (): Promise<string> => (await bench.simulation.control.ask<'status'>({ do: 'status' })).inside ?? 'none';
  const take = async (uid: string): Promise<unknown> => bench.simulation.control.ask<'take-card'>({ do: 'take-card', uid });
  const firstIn = async (place: string): Promise<string> => (await look()).find((card) => card.place === place)?.uid ?? 'none';

  test('QC-PRINT-DEFECT: a print that was faster than the printer can be is not believed', async () => {
    await expectPlay(bench, { ...nothingElse, says: ['finished'], reasons: ['QC-PRINT-DEFECT'], blanks: { rejected: 1, takenByHand: 0 } }, { change: withPrintFloors(60_000, 0) });
  });

  test('QC-PRINT-DEFECT: four cards that fail are enough; a person must look at the order', async () => {
    const reasons = Array.from({ length: 5 }, () => 'QC-PRINT-DEFECT' as const);
    const said = { ...nothingElse, says: ['held: another-blank', 'refused for QC-PRINT-DEFECT'], reasons, blanks: { rejected: 4, takenByHand: 0, good: 0 } };
    await expectPlay(bench, said, { prepare: async () => bench.fill('mifare+piv', 4), change: withPrintFloors(60_000) });
  });

  test('ENC-WRONG-BLANK: a PIV card in the feeder is not taken for a MIFARE card', async () => {
    const said = { ...nothingElse, says: ['paused for ENC-WRONG-BLANK', 'finished'], reasons: ['ENC-WRONG-BLANK'] as const, blanks: { rejected: 1, takenByHand: 0 } };
    await expectPlay(bench, said, { prepare: async () => bench.fill('piv', 1) });
  });

  test('ENC-WRONG-BLANK: a MIFARE card in the feeder is not taken for a PIV card', async () => {
    const said = { ...nothingElse, kind: 'piv', says: ['paused for ENC-WRONG-BLANK', 'finished'], reasons: ['ENC-WRONG-BLANK'], blanks: { rejected: 1, takenByHand: 0 } } as const;
    await expectPlay(bench, said, { prepare: async () => bench.fill('mifare+piv', 1) });
  });

  test('ENC-UID-USED: a card of a former attempt in the feeder is held, and taken out by a person', async () => {
    const used = (await look()).find((card) => card.place === 'reject' && card.tag !== null)?.uid ?? 'none';
    const said = { ...nothingElse, says: ['held: whose-card-is-inside', 'finished'], reasons: ['ENC-UID-USED', 'ENC-UID-USED'] as const, blanks: { rejected: -1, takenByHand: 1 } };
    await expectPlay(bench, said, {
      prepare: async () => {
        await take(used);
        await bench.simulation.control.ask<'put-card'>({ do: 'put-card', uid: used, where: 'feeder' });
      },
    });
  });

  test('ENC-BLANK-NOT-IN-STOCK: a blank that nobody registered is rejected, and the station waits', async () => {
    await bench.restart({ config: { ...bench.config, stock: { ...bench.config.stock, onlyKnownBlanks: true } } });
    const orderId = await bench.newOrder();
    const said = await bench.produce(orderId);
    expect(said).toMatchObject({ kind: 'paused', reason: 'ENC-BLANK-NOT-IN-STOCK' });
    await bench.restart();
    expect((await bench.attend(orderId, said)).at(-1)).toMatchObject({ outcome: 'finished', attempt: 2 });
    expect(bench.checkPlastic().violations).toEqual([]);
  });

  test('PRN-UNKNOWN: a strange card inside at the start is taken out by a person', async () => {
    const said = { ...nothingElse, says: ['paused for PRN-UNKNOWN', 'finished'], reasons: [], blanks: { rejected: 0, takenByHand: 0 } };
    await expectPlay(bench, said, {
      prepare: async () => {
        const strange = await firstIn('feeder');
        await take(strange);
        await bench.simulation.control.ask<'put-card'>({ do: 'put-card', uid: strange, where: 'contactless' });
      },
    });
  });

  test('QC-CROSSCHECK: cards swapped before the print are found when the chip is read back', async () => {
    const said = { ...nothingElse, says: ['held: whose-card-is-inside', 'finished'], reasons: ['QC-CROSSCHECK', 'QC-CROSSCHECK'] as const, blanks: { rejected: 0, takenByHand: 1 } };
    const swap = async (): Promise<void> => {
      const other = await firstIn('feeder');
      await take(other);
      await bench.simulation.control.ask<'swap-cards'>({ do: 'swap-cards', first: await inside(), second: other });
    };
    const orderId = await expectPlay(bench, said, { change: beforePrinting(swap) });
    const uids = bench.entries(orderId).flatMap((entry) => (entry.kind === 'identified' ? [entry.uid] : []));
    expect(new Set(uids).size).toBe(2);
  });
});
