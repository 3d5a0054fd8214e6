import { expect, it } from 'vitest';
import { systemClock, type Clock } from '../../../../drivers/contracts/clock.ts';
import { inTime, pictureSeconds } from '../../../../templates/picture/in-time.ts';

/** A clock whose sleeps end when the test turns it on. */
class TurnedClock implements Clock {
  readonly now = (): number => systemClock.now();
  readonly steady = (): number => systemClock.steady();
  #sleeps: { readonly ms: number; readonly end: () => void }[] = [];

  async sleep(ms: number): Promise<void> {
    await new Promise<void>((end) => { this.#sleeps.push({ ms, end }); });
  }

  /** Ends the sleeps of at most so many milliseconds. */
  turn(ms: number): void {
    for (const sleep of this.#sleeps.filter((each) => each.ms <= ms)) sleep.end();
  }
}

const unending = new Promise<never>(() => undefined);

it('gives up a picture that never comes, later than the library itself would', async () => {
  const clock = new TurnedClock();
  let fault: unknown = null;
  const waiting = inTime(unending, clock).catch((error: unknown) => { fault = error; });
  clock.turn(pictureSeconds * 1_000);
  await new Promise(setImmediate);
  expect(fault).toBeNull();
  clock.turn(60_000);
  await waiting;
  expect(fault).toMatchObject({ code: 'LNK-TIMEOUT' });
});

it('gives what the work gives, and throws what it throws', async () => {
  const clock = new TurnedClock();
  expect(await inTime(Promise.resolve(7), clock)).toBe(7);
  await expect(inTime(Promise.reject(new Error('torn')), clock)).rejects.toThrow('torn');
});
