import type { Clock } from '../../drivers/contracts/clock.ts';
import { warnedBefore, type DueWarning } from '../../queue/order/due-warning.ts';
import type { OrderStore, OrderSummary } from '../../queue/store/order-store.ts';
import { unfinished } from './order-desk.ts';

/** How often due times are looked at, milliseconds. */
const LOOK_MS = 60_000;
/** Warnings of one look: a long backlog is told over several. */
const TOLD_AT_ONCE = 5_000;

/** Where a look ended: orders due earlier have their warning. */
interface Cursor {
  readonly code: DueWarning;
  readonly express: boolean;
  from: number;
}

/**
 * Tells the portal once of each order that is at risk of being late, and once that it is late: the orderer can be told
 * before they ask. The outbox remembers what was told, also after a restart.
 */
export class LateWarnings {
  readonly #store: OrderStore;
  readonly #cursors: readonly Cursor[] = (['DEL-LATE', 'DEL-OVERDUE'] as const).flatMap((code) => [true, false].map((express) => ({ code, express, from: 0 })));

  constructor(store: OrderStore) {
    this.#store = store;
  }

  /** Puts the warnings that are due at an instant into the outbox. Gives how many. */
  warn(now: number): number {
    return this.#cursors.reduce((told, cursor) => told + this.#warnOf(cursor, now), 0);
  }

  #warnOf(cursor: Cursor, now: number): number {
    const { code, express } = cursor;
    const atRisk = warnedBefore(now);
    const before = code === 'DEL-OVERDUE' ? now : express ? atRisk.express : atRisk.standard;
    const orders = this.#store.untoldBetween(unfinished, express, { from: cursor.from, before }, `.${code}`, TOLD_AT_ONCE);
    this.#store.atomically(() => { for (const order of orders) this.#tell(order, code); });
    const last = orders.at(-1);
    // An order may come in late with a due time that lies behind: a look that told everything begins anew.
    cursor.from = orders.length < TOLD_AT_ONCE || last?.dueAt == null ? 0 : last.dueAt;
    return orders.length;
  }

  #tell({ orderId, dueAt }: OrderSummary, code: DueWarning): void {
    this.#store.outbox.put({ id: `${orderId}.${code}`, orderId, kind: 'order-due-warning', body: JSON.stringify({ orderId, code, dueAt }) });
  }
}

/** Warns every minute until the signal fires; what fails is told and tried again. */
export async function keepWarning(store: OrderStore, clock: Clock, onTrouble: (where: string, error: unknown) => void, signal: AbortSignal): Promise<void> {
  const warnings = new LateWarnings(store);
  while (!signal.aborted) {
    try {
      warnings.warn(clock.now());
      await clock.sleep(LOOK_MS, signal);
    } catch (error) {
      if (signal.aborted) return;
      onTrouble('due times', error);
      await clock.sleep(LOOK_MS, signal).catch((ended: unknown) => { if (!signal.aborted) throw ended; });
    }
  }
}
