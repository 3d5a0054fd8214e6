import { faultEntry, type FaultCode } from '../../drivers/contracts/fault.ts';
import type { AttemptState } from './attempt-state.ts';
import type { OrderEffect, OrderFacts } from './order-effect.ts';

/**
 * What follows a rejected card: nothing for a withdrawn order, else a new attempt with a new card. When the order has used
 * up its attempts a person is asked first: something may be wrong that another blank does not cure.
 */
export function afterReject(state: AttemptState, facts: OrderFacts): OrderEffect {
  if (facts.withdrawn === true) return { do: 'settle', outcome: 'refused', reason: 'ORD-WITHDRAWN' };
  const reason = state.ejection?.reason ?? state.hold?.reason ?? 'QC-UNKNOWN-OUTCOME';
  return facts.attemptsLeft > 0 ? { do: 'settle', outcome: 'again', reason } : { do: 'hold', question: 'another-blank', reason };
}

/** What a person decided about an order that used up its attempts. */
export function afterAnotherBlank(state: AttemptState): OrderEffect {
  const reason = state.hold?.reason ?? 'QC-UNKNOWN-OUTCOME';
  return { do: 'settle', outcome: state.answer === 'remake' ? 'again' : 'refused', reason };
}

/** Whether the station must pause for a person after an attempt that ended for this reason (design section 4). */
export function pausesStation(reason: FaultCode | null): boolean {
  if (reason === null) return false;
  const next = faultEntry(reason).next;
  return next === 'stop' || next === 'hold';
}
