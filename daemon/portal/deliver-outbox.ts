import { within, type Clock } from '../../drivers/contracts/clock.ts';
import type { Outbox } from '../../queue/store/outbox.ts';
import type { Mailbox } from './mailbox.ts';

const AT_ONCE = 50;
const LOOK_MS = 1_000;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 60_000;
const DELIVERY_TIMEOUT_MS = 20_000;

export interface DeliveryParts {
  readonly outbox: Outbox;
  readonly mailbox: Mailbox;
  readonly clock: Clock;
  readonly onTrouble: (where: string, error: unknown) => void;
}

/**
 * Delivers what waits, oldest first, each at least once; stops at the first that fails, so that the order stays. Gives whether
 * all went through.
 */
export async function deliverWaiting({ outbox, mailbox, clock, onTrouble }: DeliveryParts, signal: AbortSignal): Promise<boolean> {
  for (;;) {
    const waiting = outbox.pending(AT_ONCE);
    if (waiting.length === 0) return true;
    for (const event of waiting) {
      try {
        await within(clock, { signal, timeoutMs: DELIVERY_TIMEOUT_MS }, (inner) => mailbox.deliver(event, inner));
      } catch (error) {
        if (signal.aborted) return false;
        outbox.tried(event.id);
        onTrouble(`delivery of ${event.id}`, error);
        return false;
      }
      outbox.delivered(event.id);
    }
  }
}

/** Delivers for ever, with longer pauses while the portal does not take anything. Ends with the signal. */
export async function keepDelivering(parts: DeliveryParts, signal: AbortSignal): Promise<void> {
  let retryMs = FIRST_RETRY_MS;
  while (!signal.aborted) {
    const allWent = await deliverWaiting(parts, signal);
    const pauseMs = allWent ? LOOK_MS : retryMs;
    retryMs = allWent ? FIRST_RETRY_MS : Math.min(retryMs * 2, LONGEST_RETRY_MS);
    await untilAborted(parts.clock, pauseMs, signal);
  }
}

async function untilAborted(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
