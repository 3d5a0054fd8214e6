import type { Batches } from '../batch/batches.ts';
import type { ShiftBook } from '../stock/shift-account.ts';
import type { StockAccount } from '../stock/stock-account.ts';
import type { BlankAccount } from './blank-account.ts';
import type { CardNumbers } from './card-numbers.ts';
import type { Outbox } from './outbox.ts';

/** A picture that belongs to an order. */
export interface OrderFile {
  readonly role: 'photo' | 'logo';
  readonly bytes: Uint8Array;
}

/** An order as it is handed to the store. `state` is a word of the order's life cycle. */
export interface NewOrder {
  readonly orderId: string;
  /** Digest of what the holder approves. */
  readonly contentHash: string;
  /** Company and person; personal, so only a keyed digest of it is stored. */
  readonly duplicateKey: string;
  readonly state: string;
  readonly express: boolean;
  /** Milliseconds since 1970 UTC; null while the clock has not started. */
  readonly dueAt: number | null;
  /** Canonical JSON of the order; personal, stored encrypted. */
  readonly payload: string;
  readonly files: readonly OrderFile[];
  /** The message that brought it, where it came by one. */
  readonly messageId?: string;
}

/** What the store says about an order without opening its payload: no person in it. */
export interface OrderSummary {
  readonly orderId: string;
  readonly state: string;
  readonly contentHash: string;
  readonly payloadDigest: string;
  readonly express: boolean;
  readonly dueAt: number | null;
  readonly receivedAt: number;
  readonly changedAt: number;
  /** Fault codes of the last refusal or hold. */
  readonly reasons: readonly string[];
}

/** The orders that a new batch may take. */
export interface FreeOrders {
  /**
   * In the order of their urgency: express first, in each by due time, what has none last. Read along the index, a page at
   * a time as they are taken: between two pages the store may be written to, and an order whose due time changes then is
   * given twice or not at all.
   */
  all(): Iterable<OrderSummary>;
  /** The order if a batch may take it, else null. */
  named(orderId: string): OrderSummary | null;
}

/** The opened payload. `digest` is the SHA-256 (hex) of `payload`, as journaled at the claim. */
export interface OrderPayload {
  readonly payload: string;
  readonly digest: string;
  readonly files: readonly OrderFile[];
}

/** `known`: the same order with the same content is here already; `conflict`: with other content (ORD-CONFLICT). */
export type PutAnswer = 'stored' | 'known' | 'conflict';

/**
 * Orders at rest: SQLite with `synchronous=FULL` and files named by their SHA-256; payloads, pictures and outbox bodies
 * encrypted with the data key (AES-256-GCM). A call that returns is on the disk. Throws `STO-IN-USE` on opening when
 * another process holds it, `STO-BROKEN` when something cannot be read or decrypted, `STO-WRITE` when the disk fails.
 */
export interface OrderStore extends Disposable {
  readonly outbox: Outbox;
  readonly cardNumbers: CardNumbers;
  readonly blanks: BlankAccount;
  readonly stock: StockAccount;
  readonly batches: Batches;
  readonly shifts: ShiftBook;
  /** What a new batch may take. */
  readonly free: FreeOrders;

  putOrder(order: NewOrder): PutAnswer;
  /** Replaces the content of an order that was corrected upstream, and its state. Throws `STO-UNKNOWN-ORDER`. */
  replaceOrder(order: NewOrder): void;
  summaryOf(orderId: string): OrderSummary | null;
  /** Null when the order is unknown or its personal data has left by retention. */
  getPayload(orderId: string): OrderPayload | null;
  /** The payload's text without its pictures; null as for `getPayload`. */
  textOf(orderId: string): string | null;
  /**
   * Sets the state, and the codes that explain it. With `expected` it changes nothing and gives false when the order
   * is in another state. Throws `STO-UNKNOWN-ORDER`.
   */
  setState(orderId: string, state: string, change?: { readonly reasons?: readonly string[]; readonly expected?: string }): boolean;
  /** Sets due time and express, which are known when the last approval comes. Throws `STO-UNKNOWN-ORDER`. */
  setDue(orderId: string, due: { readonly express: boolean; readonly dueAt: number | null }): void;
  /** Orders in one of the states: express first, then by due time, then by arrival. */
  listOrders(states: readonly string[], limit?: number): readonly OrderSummary[];
  /** As `listOrders`, without those that a batch keeps from being made: one that is put together, paused or over. */
  makeable(states: readonly string[], limit: number): readonly OrderSummary[];
  /** Orders in these states that are due before an instant (milliseconds since 1970 UTC), the earliest first. */
  dueBefore(states: readonly string[], instants: { readonly express: number; readonly standard: number }, limit: number): readonly OrderSummary[];
  /** Orders due in a stretch of time for which no message `orderId + messageEnd` was ever put into the outbox, the earliest first. */
  untoldBetween(states: readonly string[], express: boolean, due: { readonly from: number; readonly before: number }, messageEnd: string, limit: number): readonly OrderSummary[];
  /** Number of orders in each state. */
  countByState(): Readonly<Record<string, number>>;
  /** Content hash of an order, or null (rule R02). */
  contentHashOf(orderId: string): string | null;
  /** The order that a message brought, also long after; or null (rule R01). */
  orderOfMessage(messageId: string): string | null;
  /** Other orders of the same person at the same company, in any state (rule R29). */
  ordersWithDuplicateKey(duplicateKey: string): readonly OrderSummary[];
  /** Orders that carry this picture, by the SHA-256 (hex) of its bytes (PHO-REUSED). */
  ordersWithFile(digest: string): readonly OrderSummary[];
  /** Runs `work` in one transaction: a state, an event of the outbox and a blank's fate stand together or not at all. */
  atomically<T>(work: () => T): T;
  /**
   * Erases payload and pictures of orders that reached one of `states` before `before`; the account (ids, hashes,
   * states, numbers) stays. Gives the number of orders.
   */
  forgetPersonalData(states: readonly string[], before: number): number;
  /** Copies the database as of now into a new file; pictures are files of their own beside it (`files/`). Throws `STO-WRITE`. */
  backup(path: string): void;
}
