/** Where the jobs lie. Two queues of one server never share both. */
export interface QueueAddress {
  /** Before every key; in braces for a cluster: `{kortverk}`. */
  readonly prefix: string;
  /** Without a colon (BullMQ refuses it): `cards`, or one queue a station, `cards-st1`. */
  readonly queueName: string;
}

/** All that a job holds: nothing of a person, and nothing that must not be lost. */
export interface OrderJobData {
  readonly orderId: string;
}

/** A job's id: not only digits and without a colon, both of which BullMQ refuses. One order, one job. */
export function jobIdOf(orderId: string): string {
  return `ORD-${encodeURIComponent(orderId)}`;
}

/** Finished jobs are kept this long, to look at; nothing depends on them. Failed ones stay until a person acts. */
export const keepFinished = { age: 30 * 86_400, count: 50_000 } as const;
