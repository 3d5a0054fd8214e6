import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { systemClock, within } from '../../../../drivers/contracts/clock.ts';

const never = (): Promise<never> => new Promise(() => undefined);

describe('within', () => {
  it('gives what the work gives, and forgets the wait', async () => {
    const { signal } = new AbortController();
    expect(await within(systemClock, { signal, timeoutMs: 1000 }, async () => 'done')).toBe('done');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('ends at the deadline work that does not listen, and tells it', async () => {
    let inner: AbortSignal | undefined;
    const waiting = within(systemClock, { signal: new AbortController().signal, timeoutMs: 20 }, (signal) => {
      inner = signal;
      return never();
    });
    await expect(waiting).rejects.toMatchObject({ code: 'LNK-TIMEOUT', detail: { data: { timeoutMs: 20 } } });
    expect(inner?.aborted).toBe(true);
  });

  it('ends when the caller aborts, before or during the work', async () => {
    const stop = new AbortController();
    const waiting = within(systemClock, { signal: stop.signal, timeoutMs: 10_000 }, never);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'STA-ABORTED' });
    await expect(within(systemClock, { signal: stop.signal, timeoutMs: 10_000 }, async () => 'done')).rejects.toMatchObject({ code: 'STA-ABORTED' });
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });

  it('passes the fault of the work on', async () => {
    await expect(within(systemClock, { signal: new AbortController().signal, timeoutMs: 1000 }, async () => { throw new Error('broken'); })).rejects.toThrow('broken');
  });
});
