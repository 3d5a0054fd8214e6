import { systemClock, within, type Clock } from '../../drivers/contracts/clock.ts';

/** How long libvips may work on one picture, in seconds: many times what the largest takes. Its own clock starts when it opens the picture. */
export const pictureSeconds = 20;
/** How long is waited for it in all, with the time before a thread takes the work up, and for an answer that never comes. */
const PICTURE_TIMEOUT_MS = 30_000;

/**
 * Waits for a piece of work of the picture library, which hears no signal and may not answer (seen once: a card waited
 * twenty minutes for the picture in its letter). Throws `LNK-TIMEOUT`, for the work may be tried again, and what the work throws.
 */
export async function inTime<T>(work: Promise<T>, clock: Clock = systemClock): Promise<T> {
  return within(clock, { signal: never, timeoutMs: PICTURE_TIMEOUT_MS }, () => work);
}

/** Whoever waits for a whole card ends sooner by a limit of his own; a single picture is short enough to be waited for. */
const never = new AbortController().signal;
