import { setMaxListeners } from 'node:events';
import { asStationFault } from '../../drivers/contracts/fault.ts';
import { systemClock, within, type Clock } from '../../drivers/contracts/clock.ts';

/** How long a file system may take for one question, milliseconds. */
export const FILES_TIMEOUT_MS = 60_000;

/** Many files are asked for at a time, and none is given up sooner than its minute. */
const never = new AbortController().signal;
setMaxListeners(0, never);

/** What the file system answered, or that it did not: a folder of another computer may never. */
export type FilesAnswer<T> = { readonly kind: 'answered'; readonly value: T } | { readonly kind: 'silent'; readonly note: string };

/** Waits for work on files, at most a minute; what hangs then is left to hang. Throws what the work throws. */
export async function answeredInTime<T>(work: () => Promise<T>, clock: Clock = systemClock): Promise<FilesAnswer<T>> {
  let failure: { readonly error: unknown } | null = null;
  try {
    const value = await within(clock, { signal: never, timeoutMs: FILES_TIMEOUT_MS }, async () => {
      try {
        return await work();
      } catch (error) {
        failure = { error };
        throw error;
      }
    });
    return { kind: 'answered', value };
  } catch (error) {
    if (failure !== null || asStationFault(error).code !== 'LNK-TIMEOUT') throw error;
    return { kind: 'silent', note: `no answer in ${FILES_TIMEOUT_MS} ms` };
  }
}
