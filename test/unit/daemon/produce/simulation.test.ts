import { describe, expect, test } from 'vitest';
import { simulate } from '../../../campaign/simulation/simulate.ts';
import { runSimulation, simulationSize } from '../../../campaign/simulation/simulation.ts';

const seeds = 300;
const someSeeds = Array.from({ length: 12 }, (_, index) => index + 1);

/** The invariants that some seeds break when the product lacks a thing. */
function brokenWithout(lack: Partial<Parameters<typeof simulate>[1]>): ReadonlySet<string> {
  return new Set(someSeeds.flatMap((seed) => simulate(seed, { ...simulationSize, ...lack }).violations.map((violation) => violation.split(' ')[0] ?? '')));
}

describe('two or three stations, fifty orders, a storm of faults', () => {
  test(`no invariant breaks in ${seeds} seeds; the same seed tells the same story`, { timeout: 240_000 }, () => {
    const said: string[] = [];
    expect(runSimulation(1, seeds, (line) => said.push(line)), said.join('\n')).toBe(true);
    expect(simulate(7, simulationSize)).toEqual(simulate(7, simulationSize));
  });

  test('a claim server without the barrier is found', { timeout: 60_000 }, () => {
    expect([...brokenWithout({ withoutBarrier: true })]).toContain('I1');
  });

  test('claims that run out like locks are found', { timeout: 60_000 }, () => {
    expect([...brokenWithout({ claimsRunOut: true })]).toContain('I1');
  });
});
