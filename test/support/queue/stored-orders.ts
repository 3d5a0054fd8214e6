import { Secret } from '../../../drivers/contracts/secret.ts';
import type { Clock } from '../../../drivers/contracts/clock.ts';
import { systemClock } from '../../../drivers/contracts/clock.ts';
import type { NewOrder } from '../../../queue/store/order-store.ts';

/** A person whom no file may show in plain text. The number is from the published test list of the personnummer project. */
export const person = { name: 'Åsa Testfall', personnummer: '190905271474' } as const;

export function dataKey(fill = 7): Secret {
  return Secret.take(new Uint8Array(32).fill(fill));
}

export function newOrder(orderId: string, values: Partial<NewOrder> = {}): NewOrder {
  return {
    orderId,
    contentHash: `hash of ${orderId}`,
    duplicateKey: `5560360793/${person.personnummer}`,
    state: 'QUEUED',
    express: false,
    dueAt: null,
    payload: JSON.stringify({ orderId, name: person.name, personnummer: person.personnummer }),
    files: [{ role: 'photo', bytes: photoOf(orderId) }],
    ...values,
  };
}

/** Bytes that stand for a picture and hold the person's name, so that a search finds them in plain text. */
export function photoOf(orderId: string): Uint8Array {
  return new TextEncoder().encode(`photo of ${person.name} for ${orderId} `.repeat(50));
}

/** The computer's clock with wall time turned to where a test wants it. */
export function clockAt(now: () => number): Clock {
  return { ...systemClock, now };
}
