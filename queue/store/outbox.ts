/** A message for the portal. `id` makes it idempotent: the portal drops one that it has seen. */
export interface OutboxEvent {
  readonly id: string;
  readonly orderId: string;
  readonly kind: string;
  /** JSON; stored encrypted. */
  readonly body: string;
}

/** A message that waits, with how often it was tried. */
export interface PendingEvent extends OutboxEvent {
  readonly seq: number;
  readonly at: number;
  readonly tries: number;
}

/** Messages to the portal, delivered at least once and in order. */
export interface Outbox {
  /** Adds a message; one with the same id is kept once. Gives false when it was there. */
  put(event: OutboxEvent): boolean;
  /** Oldest first, at most `limit`. */
  pending(limit: number): readonly PendingEvent[];
  /** How many messages wait. */
  waiting(): number;
  /** Notes a failed try. */
  tried(id: string): void;
  /** The portal has it: the body leaves, the id stays. */
  delivered(id: string): void;
}
