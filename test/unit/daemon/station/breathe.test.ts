import { expect, test } from 'vitest';
import { breathe } from '../../../../daemon/station/breathe.ts';
import { systemClock } from '../../../../drivers/contracts/clock.ts';

test('work in slices gives every item once and in order, and lets the process do what waits before it is over', async () => {
  const done: number[] = [];
  let turns = 0;
  let working = true;
  const turn = (): void => {
    turns += 1;
    if (working) setImmediate(turn);
  };
  setImmediate(turn);
  for await (const item of breathe(Array.from({ length: 40 }, (_, index) => index), systemClock, new AbortController().signal)) {
    const start = performance.now();
    while (performance.now() - start < 2) done.length = item;
    done.push(item);
  }
  working = false;
  expect(done).toEqual(Array.from({ length: 40 }, (_, index) => index));
  // Eighty milliseconds of work, eight a slice.
  expect(turns).toBeGreaterThanOrEqual(5);
});
