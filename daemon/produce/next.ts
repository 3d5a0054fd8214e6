import type { AttemptState } from './attempt-state.ts';
import { forward } from './forward.ts';
import type { Knowledge, OrderEffect, OrderFacts } from './order-effect.ts';
import { restart } from './restart.ts';

/**
 * The order machine: what to do next with this attempt, from what the journal says and what is known of the world.
 * Pure; no clock, no device, no randomness. The one loop in `produce-order.ts` executes what it returns.
 */
export function next(state: AttemptState, known: Knowledge, facts: OrderFacts): OrderEffect {
  switch (known.kind) {
    case 'sure':
      return forward(state, facts);
    case 'asked':
      return restart(state, known, facts);
  }
}
