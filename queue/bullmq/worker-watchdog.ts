import type { Clock } from '../../drivers/contracts/clock.ts';
import type { OrderQueue } from './work-queue.ts';

/** Pause between the two looks, in milliseconds. */
const secondLookMs = 2_000;

export interface WatchdogOptions {
  readonly clock: Clock;
  readonly queue: OrderQueue;
  readonly watchMs: number;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** Since when (steady time) the worker has nothing in hand though it should take orders; null when it works or is paused. */
  readonly idleSince: () => number | null;
  readonly rebuild: () => Promise<void>;
  readonly onError: (error: Error) => void;
}

/**
 * Builds a worker anew that takes no orders though some wait: a blocking connection may stay silent for ever after a
 * failover (queue.md 1.4). Runs until the signal fires.
 */
export function watchWorker(options: WatchdogOptions): void {
  watch(options).catch((error: unknown) => {
    if (!options.signal.aborted) options.onError(error instanceof Error ? error : new Error(String(error)));
  });
}

async function watch(options: WatchdogOptions): Promise<void> {
  for (;;) {
    await options.clock.sleep(options.watchMs, options.signal);
    try {
      if (await isStuck(options)) await options.rebuild();
    } catch (error) {
      if (options.signal.aborted) return;
      options.onError(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

async function isStuck(options: WatchdogOptions): Promise<boolean> {
  const since = options.idleSince();
  if (since === null || options.clock.steady() - since < options.watchMs) return false;
  if (!(await ordersWait(options))) return false;
  // An order that came a moment ago is not a sign: look again.
  await options.clock.sleep(Math.min(options.watchMs, secondLookMs), options.signal);
  return (await ordersWait(options)) && options.idleSince() === since;
}

async function ordersWait(options: WatchdogOptions): Promise<boolean> {
  const { waiting } = await options.queue.counts({ signal: options.signal, timeoutMs: options.watchMs });
  return waiting > 0;
}
