import { simulate } from './simulate.ts';

/** Orders of a seed, and small steps of its storm. */
export const simulationSize = { orders: 50, stormSteps: 3_500 } as const;
/** How often a long run says how far it is, in seeds. */
const seedsAWord = 1_000;

/** Tells so many seeds from one on; false when one of them broke an invariant. Each is told again by its number alone. */
export function runSimulation(first: number, seeds: number, say: (line: string) => void): boolean {
  const sums = { orders: 0, finished: 0, blanks: 0, faults: 0, broken: 0 };
  const start = performance.now();
  for (let seed = first; seed < first + seeds; seed += 1) {
    const tale = simulate(seed, simulationSize);
    sums.orders += simulationSize.orders;
    sums.finished += tale.finished;
    sums.blanks += tale.blanks;
    sums.faults += Object.values(tale.faults).reduce((sum, times) => sum + times, 0);
    if (tale.violations.length > 0) sums.broken += 1;
    for (const violation of tale.violations) say(`seed ${seed}: ${violation}`);
    if ((seed - first + 1) % seedsAWord === 0) say(`${seed - first + 1} seeds, ${sums.broken} of them broken`);
  }
  const seconds = Math.round((performance.now() - start) / 1000);
  say(`${seeds} seeds from ${first}: ${sums.orders} orders, ${sums.finished} finished, ${sums.blanks} blanks, ${sums.faults} faults, ${sums.broken} seeds broken, ${seconds} s`);
  return sums.broken === 0;
}
