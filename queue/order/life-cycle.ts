/** The states of an order (domain facts 4.3). `MADE_ELSEWHERE`: another station of the site made its card and reports on it. */
export const orderStates = [
  'RECEIVED', 'CHECKED', 'IN_REVIEW', 'WAITING_HOLDER', 'WAITING_TRADE', 'APPROVED', 'QUEUED', 'IN_PRODUCTION', 'PRODUCED', 'PACKED',
  'SHIPPED', 'READY_FOR_PICKUP', 'CLOSED', 'REJECTED', 'WITHDRAWN', 'HELD', 'FAILED', 'MADE_ELSEWHERE',
] as const;

export type OrderState = (typeof orderStates)[number];

/** What can happen to an order. */
export const orderEvents = [
  'check', 'review', 'await-holder', 'await-trade', 'approve', 'queue', 'start', 'produce', 'pack', 'ship', 'offer-pickup', 'close',
  'reject', 'correct', 'withdraw', 'hold', 'release', 'fail', 'requeue', 'made-elsewhere',
] as const;

export type OrderEvent = (typeof orderEvents)[number];

/** Approvals may come in any order (design section 8.4): each waiting state leads to every other and to APPROVED. */
const waiting = { review: 'IN_REVIEW', 'await-holder': 'WAITING_HOLDER', 'await-trade': 'WAITING_TRADE', approve: 'APPROVED' } as const;
const beforeProduction = { reject: 'REJECTED', withdraw: 'WITHDRAWN' } as const;

/**
 * State, event, next state. What is not here cannot happen. HELD is reached by approved orders alone, so that no way to
 * production leads round the approvals; an order that waits for something earlier waits in its state.
 */
export const orderTransitions: Readonly<Record<OrderState, Partial<Readonly<Record<OrderEvent, OrderState>>>>> = {
  RECEIVED: { check: 'CHECKED', ...beforeProduction },
  CHECKED: { ...waiting, ...beforeProduction },
  IN_REVIEW: { ...waiting, ...beforeProduction },
  WAITING_HOLDER: { ...waiting, ...beforeProduction },
  WAITING_TRADE: { ...waiting, ...beforeProduction },
  APPROVED: { queue: 'QUEUED', hold: 'HELD', ...beforeProduction },
  QUEUED: { start: 'IN_PRODUCTION', hold: 'HELD', 'made-elsewhere': 'MADE_ELSEWHERE', ...beforeProduction },
  IN_PRODUCTION: { produce: 'PRODUCED', 'made-elsewhere': 'MADE_ELSEWHERE', requeue: 'QUEUED', hold: 'HELD', fail: 'FAILED', reject: 'REJECTED' },
  PRODUCED: { pack: 'PACKED', ship: 'SHIPPED', 'offer-pickup': 'READY_FOR_PICKUP', close: 'CLOSED' },
  PACKED: { ship: 'SHIPPED', 'offer-pickup': 'READY_FOR_PICKUP' },
  SHIPPED: { close: 'CLOSED' },
  READY_FOR_PICKUP: { close: 'CLOSED' },
  CLOSED: {},
  REJECTED: { correct: 'RECEIVED', withdraw: 'WITHDRAWN' },
  WITHDRAWN: {},
  HELD: { release: 'APPROVED', requeue: 'QUEUED', start: 'IN_PRODUCTION', produce: 'PRODUCED', reject: 'REJECTED', withdraw: 'WITHDRAWN', fail: 'FAILED' },
  FAILED: { requeue: 'QUEUED', withdraw: 'WITHDRAWN' },
  MADE_ELSEWHERE: {},
};

/** The state after an event, or null when it cannot happen in this state. */
export function nextOrderState(state: OrderState, event: OrderEvent): OrderState | null {
  return orderTransitions[state][event] ?? null;
}

/** States in which no card of the order can come any more. */
export const finalOrderStates: ReadonlySet<OrderState> = new Set<OrderState>(['CLOSED', 'WITHDRAWN', 'MADE_ELSEWHERE']);

/** States that keep another order of the same person at the same company out (rule R29). */
export const openOrderStates: ReadonlySet<OrderState> = new Set<OrderState>([
  'RECEIVED', 'CHECKED', 'IN_REVIEW', 'WAITING_HOLDER', 'WAITING_TRADE', 'APPROVED', 'QUEUED', 'IN_PRODUCTION', 'PRODUCED', 'PACKED', 'SHIPPED', 'READY_FOR_PICKUP', 'HELD', 'MADE_ELSEWHERE',
]);
