import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FaultBench, inWords } from '../faults/fault-bench.ts';

/** A fault of a chip on the wires, and how the order ends: on how many blanks. */
const SPOILT: readonly (readonly [string, string, number])[] = [
  ['a block of the MIFARE chip is worn', 'card-worn@3', 2],
  ['a sector trailer is torn', 'card-torn-trailer@4', 2],
  ['the MIFARE chip answers 6F00', 'card-6f00@contactless:60', 2],
  ['an answer of the MIFARE chip is cut short', 'card-short@contactless:61', 2],
  ['the PIV chip answers 6F00', 'card-6f00@contact:10', 2],
  ['a slow chip', 'card-slow@contactless:40', 1],
];

describe('a chip that misbehaves in the machine', () => {
  let bench: FaultBench;

  beforeAll(async () => {
    bench = await FaultBench.open();
  }, 120_000);
  afterAll(() => bench?.[Symbol.asyncDispose]());
  afterEach(async () => {
    for (const fault of await bench.armed()) await bench.simulation.control.ask({ do: 'disarm-fault', fault: fault.replace(/@.*$/, '') });
  });

  it.each(SPOILT)('%s: no card is called good that is not', async (_, fault, blanks) => {
    const before = bench.checkPlastic().fed;
    const orderId = await bench.newOrder('mifare+piv', 2);
    await bench.arm(fault);
    const said = await bench.attend(orderId, await bench.produce(orderId));
    expect(said.map(inWords).at(-1)).toBe('finished');
    expect(await bench.armed(), 'it happened').toEqual([]);
    const verdict = bench.checkPlastic();
    expect(verdict.violations).toEqual([]);
    expect(verdict.fed - before).toBe(blanks);
  }, 120_000);
});
