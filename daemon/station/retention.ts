import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../drivers/contracts/clock.ts';
import type { OrderState } from '../../queue/order/life-cycle.ts';
import type { OrderStore } from '../../queue/store/order-store.ts';

const DAY_MS = 24 * 3_600_000;

/** States from which the time of retention counts: the card is on its way, or there will be none. */
export const retentionStates: readonly OrderState[] = ['SHIPPED', 'READY_FOR_PICKUP', 'CLOSED', 'REJECTED', 'WITHDRAWN', 'MADE_ELSEWHERE'];

/**
 * Erases photos, personal data and letters of orders that reached one of these states so many days ago; ids, hashes,
 * card numbers and outcomes stay. Gives how many orders were erased now.
 */
export async function forgetOldOrders(store: OrderStore, lettersDir: string, days: number, now: number): Promise<number> {
  const orders = store.forgetPersonalData(retentionStates, now - days * DAY_MS);
  for (const name of await lettersIn(lettersDir)) {
    const orderId = name.slice(0, -'.pdf'.length);
    if (store.summaryOf(orderId) !== null && store.textOf(orderId) === null) await rm(join(lettersDir, name), { force: true });
  }
  return orders;
}

async function lettersIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.pdf'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Forgets once a day, beginning now. Ends with the signal; what fails is told and tried again the next day. */
export async function keepForgetting(forget: () => Promise<void>, clock: Clock, onTrouble: (where: string, error: unknown) => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await forget();
      await clock.sleep(DAY_MS, signal);
    } catch (error) {
      if (signal.aborted) return;
      onTrouble('retention', error);
      await clock.sleep(DAY_MS, signal).catch((ended: unknown) => { if (!signal.aborted) throw ended; });
    }
  }
}
