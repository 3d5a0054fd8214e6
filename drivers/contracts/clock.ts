import { StationFault } from './fault.ts';

/** Time as the product sees it: tests turn it, product code never reads `Date` or starts a timer beside it. */
export interface Clock {
  /** Wall time, milliseconds since 1970 UTC. */
  now(): number;
  /** Steady time in milliseconds, for durations. */
  steady(): number;
  /** Resolves after `ms`; throws `STA-ABORTED` when the signal fires first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** How long something may take, and who may end it sooner. Every wait gets one from above. */
export interface Wait {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** What tells an exchange's timer that the exchange is over. Made once and seen by nobody: errors for every exchange cost more than the exchange. */
const over = new StationFault('STA-ABORTED');

export const systemClock: Clock = {
  now: () => Date.now(),
  steady: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        reject(signal.reason === over ? over : new StationFault('STA-ABORTED', {}, signal.reason));
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop);
        resolve();
      }, ms);
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    }),
};

/**
 * Runs `work` under a wait: its signal fires at the deadline or when the caller aborts. Rejects at once then, even
 * when `work` does not listen, with `LNK-TIMEOUT` or `STA-ABORTED`.
 */
export async function within<T>(clock: Clock, limit: Wait, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  if (limit.signal.aborted) throw new StationFault('STA-ABORTED');
  // Not AbortSignal.any: a signal that lives as long as the station would remember each of its millions of waits.
  const inner = new AbortController();
  const abort = (): void => inner.abort();
  limit.signal.addEventListener('abort', abort, { once: true });
  const expire = async (): Promise<never> => {
    await clock.sleep(limit.timeoutMs, inner.signal);
    throw new StationFault('LNK-TIMEOUT', { data: { timeoutMs: limit.timeoutMs } });
  };
  const deadline = expire();
  try {
    return await Promise.race([work(inner.signal), deadline]);
  } finally {
    limit.signal.removeEventListener('abort', abort);
    inner.abort(over);
    deadline.catch(() => undefined);
  }
}
