import { describe, expect, it } from 'vitest';
import { finalOrderStates, nextOrderState, openOrderStates, orderEvents, orderStates, orderTransitions, type OrderEvent, type OrderState } from '../../../../queue/order/life-cycle.ts';

function run(from: OrderState, events: readonly OrderEvent[]): OrderState | null {
  return events.reduce<OrderState | null>((state, event) => (state === null ? null : nextOrderState(state, event)), from);
}

/** States that can be reached from one without passing through others. */
function reach(from: OrderState, without: ReadonlySet<OrderState>): ReadonlySet<OrderState> {
  const found = new Set<OrderState>();
  const open: OrderState[] = [from];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    if (found.has(state) || without.has(state)) continue;
    found.add(state);
    open.push(...Object.values(orderTransitions[state]));
  }
  return found;
}

describe('the life cycle of an order', () => {
  it('leads from arrival to the closed order, approvals in any order', () => {
    expect(run('RECEIVED', ['check', 'review', 'await-holder', 'await-trade', 'approve', 'queue', 'start', 'produce', 'pack', 'ship', 'close'])).toBe('CLOSED');
    expect(run('RECEIVED', ['check', 'await-holder', 'review', 'approve', 'queue', 'start', 'produce', 'pack', 'offer-pickup', 'close'])).toBe('CLOSED');
  });

  it('reaches every state', () => {
    expect([...reach('RECEIVED', new Set())].toSorted()).toEqual([...orderStates].toSorted());
  });

  it('produces nothing that was never approved', () => {
    const unapproved = reach('RECEIVED', new Set(['APPROVED']));
    expect([...unapproved].toSorted()).toEqual(['CHECKED', 'IN_REVIEW', 'RECEIVED', 'REJECTED', 'WAITING_HOLDER', 'WAITING_TRADE', 'WITHDRAWN']);
  });

  it('keeps a refused order correctable and a finished one finished', () => {
    expect(run('REJECTED', ['correct', 'check'])).toBe('CHECKED');
    for (const state of finalOrderStates) expect(orderEvents.filter((event) => nextOrderState(state, event) !== null)).toEqual([]);
    expect(nextOrderState('PRODUCED', 'start')).toBeNull();
    expect(nextOrderState('PRODUCED', 'withdraw')).toBeNull();
  });

  it('counts as open what can still give a card, or has given one', () => {
    expect(orderStates.filter((state) => !openOrderStates.has(state))).toEqual(['CLOSED', 'REJECTED', 'WITHDRAWN', 'FAILED']);
  });
});
