import { endOfStockholmDay, instantOf, stockholmDay } from './calendar.ts';
import type { Order } from './order-schema.ts';
import { addWorkingDays } from './working-days.ts';

const EXPRESS_MS = 2 * 3_600_000;
const STANDARD_WORKING_DAYS = 5;

/**
 * When the delivery clock started, milliseconds since 1970 UTC: the holder's approval, or the trade organisation's
 * where it is required and later. Null while one of them is missing.
 */
export function clockStart(order: Pick<Order, 'approvals' | 'trade'>): number | null {
  const holder = approvedAt(order.approvals.holder);
  if (order.trade?.approvalRequired !== true || holder === null) return holder;
  const trade = approvedAt(order.approvals.trade);
  return trade === null ? null : Math.max(holder, trade);
}

/**
 * When the card must be there, milliseconds since 1970 UTC: express two hours after the clock started, standard at the
 * end of the fifth Swedish working day after it. Null while the clock has not started.
 */
export function dueAt(order: Pick<Order, 'approvals' | 'trade' | 'delivery'>): number | null {
  const start = clockStart(order);
  if (start === null) return null;
  switch (order.delivery.mode) {
    case 'EXPRESS_PICKUP':
      return start + EXPRESS_MS;
    case 'STANDARD':
      return endOfStockholmDay(addWorkingDays(stockholmDay(start), STANDARD_WORKING_DAYS));
  }
}

function approvedAt(approval: Order['approvals']['holder']): number | null {
  return approval?.state === 'APPROVED' && approval.at !== undefined ? instantOf(approval.at) : null;
}
