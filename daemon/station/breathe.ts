import type { Clock } from '../../drivers/contracts/clock.ts';

/** How long work over many orders may keep the process from answering others, in milliseconds. */
const SLICE_MS = 8;

/**
 * Gives items one after another, and lets the process do what else waits whenever their user has worked for a slice of
 * time. What the user read before may have changed by then. Throws `STA-ABORTED` when the signal fires.
 */
export async function* breathe<T>(items: Iterable<T>, clock: Clock, signal: AbortSignal): AsyncGenerator<T, void, undefined> {
  let begun = clock.steady();
  for (const item of items) {
    yield item;
    if (clock.steady() - begun < SLICE_MS) continue;
    await clock.sleep(0, signal);
    begun = clock.steady();
  }
}
