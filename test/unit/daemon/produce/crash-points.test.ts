import { describe, expect, test } from 'vitest';
import { next } from '../../../../daemon/produce/next.ts';
import { exploreHistories, type Tally } from './explore-histories.ts';
import { microSteps, printers } from './model-world.ts';

const product = { next, steps: microSteps };

/**
 * I1 one good card, I2 every order ends, I3 a chip has one owner, I4 the card is the attempt's, I5 nothing printed twice,
 * I6 the blanks add up, I7 nothing moves without its record, I11 the end is the end, I12 a hold asks what can be
 * answered, I13 it ends (queue.md 4.2). I10 is in the signature: the order machine sees no Redis. I8 and I9 are of claims
 * and journal, whose contract suites hold them.
 */
describe('the order machine under every history of troubles', () => {
  test('makes exactly one good card when nothing goes wrong', () => {
    for (const counters of printers) expect(exploreHistories(product, counters, { most: 0, faults: true })).toMatchObject({ histories: 1, violations: [] });
  });

  test.each(printers)('keeps every invariant over any two crashes and faults, on a printer that $name', (counters) => {
    const tally = exploreHistories(product, counters, { most: 2, faults: true });
    expect(tally.violations).toEqual([]);
    expect(tally.histories).toBeGreaterThan(50_000);
  });

  test.each(printers)('keeps every invariant over any three crashes, on a printer that $name', { timeout: 60_000 }, (counters) => {
    const tally: Tally = exploreHistories(product, counters, { most: 3, faults: false });
    process.stdout.write(`${tally.histories} histories, ${tally.moments} different moments: ${counters.name}\n`);
    expect(tally.violations).toEqual([]);
    expect(tally.histories).toBeGreaterThan(1_000_000);
  });
});
