import type { AttemptState, Stage } from './attempt-state.ts';
import type { OrderEffect } from './order-effect.ts';

/** What a withdrawal means at each stage of an attempt: no card yet, a card inside to be scrapped, or too late for this card. */
export type WithdrawalStep = 'refuse' | 'scrap' | 'go on';

/**
 * A withdrawn order takes no blank. A card inside is scrapped and its number retired, also when it is already proven.
 * An announced ejection stands, and a question to a person stays: what they find out decides.
 */
export const withdrawalSteps: Readonly<Record<Stage, WithdrawalStep>> = {
  claimed: 'refuse',
  planned: 'refuse',
  'feed-intent': 'refuse',
  fed: 'scrap',
  identified: 'scrap',
  'encode-intent': 'scrap',
  encoded: 'scrap',
  'print-intent': 'scrap',
  printed: 'scrap',
  crosschecked: 'scrap',
  'eject-intent': 'go on',
  ejected: 'go on',
  held: 'go on',
  answered: 'go on',
  settled: 'go on',
};

/** The effect of a withdrawal, or null when the attempt goes on as without one. */
export function afterWithdrawal(state: AttemptState): OrderEffect | null {
  switch (withdrawalSteps[state.stage]) {
    case 'refuse':
      return { do: 'settle', outcome: 'refused', reason: 'ORD-WITHDRAWN' };
    case 'scrap':
      return { do: 'eject', to: 'reject', reason: 'ORD-WITHDRAWN' };
    case 'go on':
      return null;
  }
}
