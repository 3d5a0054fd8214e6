import type { Wait } from '../../drivers/contracts/clock.ts';
import type { Outcome } from '../journal/journal-entry.ts';

/** The answer to a claim. `barrier` names the stations that have not yet told what they own since the server (re)started. */
export type ClaimAnswer =
  /** `attemptsBefore`: blanks that other stations used for it; missing where there were none. */
  | { readonly kind: 'claimed'; readonly fence: number; readonly attemptsBefore?: number }
  | { readonly kind: 'foreign'; readonly station: string }
  | { readonly kind: 'done'; readonly outcome: Outcome; readonly station: string }
  | { readonly kind: 'barrier'; readonly waitingFor: readonly string[] };

/** What a station knows of its own orders, from its journal, when it re-publishes. */
export interface OwnedOrder {
  readonly orderId: string;
  readonly fence: number;
  /** Null while the order is in production or held here. */
  readonly outcome: Outcome | null;
  /** The attempt it has come to here; 0 when it is not begun. */
  readonly attempt?: number;
}

/** How an order ended, and at which station. */
export interface EndedOrder {
  readonly outcome: Outcome;
  readonly station: string;
}

/**
 * Which station owns an order. A claim never expires by time; it ends by `finish` or `release`. All calls are atomic
 * on the server. Throw `QUE-UNAVAILABLE` when the server does not answer in time.
 */
export interface Claims extends AsyncDisposable {
  /** Claims an order for this station. Claiming one's own order again gives the same fence. */
  claim(orderId: string, limit: Wait): Promise<ClaimAnswer>;
  /** Whether the claim still stands under this fence. */
  holds(orderId: string, fence: number, limit: Wait): Promise<boolean>;
  /** Records the final outcome; the order can never be claimed again. `held` and `again` are not final: the claim stands. */
  finish(orderId: string, fence: number, outcome: Outcome, limit: Wait): Promise<void>;
  /** Gives an untouched order back. */
  release(orderId: string, fence: number, limit: Wait): Promise<void>;
  /** The attempt is scrapped, and any station may make the next one. False when the claim is not this one any more. */
  passOn(orderId: string, fence: number, attempt: number, limit: Wait): Promise<boolean>;
  /** Which of these orders have ended, wherever that was. */
  ended(orderIds: readonly string[], limit: Wait): Promise<ReadonlyMap<string, EndedOrder>>;
  /**
   * After every (re)start of the server: tells it what this station owns (only where missing), raises the fence counter
   * to `highestFence`, and enters the station at the barrier of the server's present run.
   */
  publish(owned: readonly OwnedOrder[], highestFence: number, limit: Wait): Promise<void>;
}
