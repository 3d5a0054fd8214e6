import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../../drivers/contracts/clock.ts';
import { ScaledClock } from '../../../../simulator/machine/scaled-clock.ts';

describe('scaled clock', () => {
  it('scales sleeps, not readings, by a factor that can be turned', async () => {
    const slept: number[] = [];
    const base: Clock = { now: () => 7, steady: () => 8, sleep: async (ms) => { slept.push(ms); } };
    const clock = new ScaledClock(base, 1);
    const { signal } = new AbortController();
    await clock.sleep(2000, signal);
    clock.factor = 0.5;
    await clock.sleep(2000, signal);
    clock.factor = 0;
    await clock.sleep(2000, signal);
    expect([slept, clock.now(), clock.steady()]).toEqual([[2000, 1000, 0], 7, 8]);
  });
});
