/** BullMQ's range of priorities: 1 is taken first. 0 would stand before all of them, so no job has it. */
export const firstPriority = 1;
export const lastPriority = 2_097_151;

/** Express and standard orders have half of the range each. */
const places = 1_048_575;
/** One place is ten minutes, so that half of the range spans 19 years. */
const stepMs = 600_000;
/** 2026-01-01 UTC; what is due earlier is as urgent as can be. */
const originMs = 1_767_225_600_000;

/**
 * The queue's priority of an order: every express order stands before every standard one, in each the earliest due time
 * first, to ten minutes; without a due time last. Orders of one priority are taken in the order of their arrival.
 */
export function priorityOf(order: { readonly express: boolean; readonly dueAt: number | null }): number {
  const start = order.express ? firstPriority : firstPriority + places;
  if (order.dueAt === null) return start + places - 1;
  const place = Math.floor((order.dueAt - originMs) / stepMs);
  return start + Math.min(Math.max(place, 0), places - 1);
}
