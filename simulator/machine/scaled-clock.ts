import type { Clock } from '../../drivers/contracts/clock.ts';

/** A clock whose sleeps are scaled by a factor that can be turned while it runs: 1 is the given clock, 0 does not sleep. Its readings are the given clock's. */
export class ScaledClock implements Clock {
  readonly #clock: Clock;
  factor: number;

  constructor(clock: Clock, factor: number) {
    this.#clock = clock;
    this.factor = factor;
  }

  now(): number {
    return this.#clock.now();
  }

  steady(): number {
    return this.#clock.steady();
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    await this.#clock.sleep(ms * this.factor, signal);
  }
}
