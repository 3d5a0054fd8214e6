/** How long before its due time an order counts as at risk, milliseconds: express half an hour, standard a day. */
const EXPRESS_LEAD_MS = 30 * 60_000;
const STANDARD_LEAD_MS = 24 * 3_600_000;

export type DueWarning = 'DEL-LATE' | 'DEL-OVERDUE';

/** Orders that are due before these instants are late, or at risk of it. */
export function warnedBefore(now: number): { readonly express: number; readonly standard: number } {
  return { express: now + EXPRESS_LEAD_MS, standard: now + STANDARD_LEAD_MS };
}

/** Whether an order that is not produced yet is at risk of being late, or late, at an instant; null while it is in time. */
export function dueWarning(order: { readonly express: boolean; readonly dueAt: number | null }, now: number): DueWarning | null {
  if (order.dueAt === null) return null;
  if (now > order.dueAt) return 'DEL-OVERDUE';
  return now > order.dueAt - (order.express ? EXPRESS_LEAD_MS : STANDARD_LEAD_MS) ? 'DEL-LATE' : null;
}
