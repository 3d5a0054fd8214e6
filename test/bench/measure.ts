import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';

/** Time in which a look at the event loop is sure to happen. */
const LOOK_MS = 20;

/** Durations of one thing done many times, in milliseconds. */
export interface Sample {
  readonly minMs: number;
  readonly medianMs: number;
  readonly count: number;
}

/** Does something `count` times, after one time that does not count. */
export async function sample(count: number, work: () => Promise<unknown>): Promise<Sample> {
  await work();
  const times: number[] = [];
  for (let round = 0; round < count; round += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return summarise(times);
}

/** Smallest and middle of some durations. */
export function summarise(times: readonly number[]): Sample {
  const sorted = times.toSorted((a, b) => a - b);
  return { minMs: sorted[0] ?? Number.NaN, medianMs: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN, count: sorted.length };
}

/** One line of the report: name, figures, and the ratio to a named yardstick of the same run. */
export function line(name: string, figures: string, yardstick?: { readonly name: string; readonly ratio: number }): string {
  const against = yardstick === undefined ? '' : `   ${yardstick.ratio.toFixed(2)} x ${yardstick.name}`;
  return `${name.padEnd(44)} ${figures}${against}`;
}

/** `12.3 ms (min 10.1, 20 times)`. */
export function figure({ medianMs, minMs, count }: Sample): string {
  return `${medianMs.toFixed(2)} ms (min ${minMs.toFixed(2)}, ${count} times)`;
}

/**
 * The longest time for which this process kept everybody else waiting: by the clock, which on a busy machine is mostly the
 * time of others, and by the processor's time of its own between two turns of the event loop.
 */
export class LongestBlock implements Disposable {
  readonly #delay = monitorEventLoopDelay({ resolution: 1 });
  #turns: NodeJS.Timeout | undefined;
  #ownMs = 0;

  static async begin(): Promise<LongestBlock> {
    const block = new LongestBlock();
    block.#delay.enable();
    await wait(LOOK_MS);
    block.#delay.reset();
    let before = process.cpuUsage();
    block.#turns = setInterval(() => {
      const { user, system } = process.cpuUsage(before);
      block.#ownMs = Math.max(block.#ownMs, (user + system) / 1_000);
      before = process.cpuUsage();
    }, 1);
    return block;
  }

  /** In milliseconds, since the beginning. */
  async end(): Promise<{ readonly clockMs: number; readonly ownMs: number }> {
    await wait(LOOK_MS);
    return { clockMs: this.#delay.max / 1e6, ownMs: this.#ownMs };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#turns);
    this.#delay.disable();
  }
}
