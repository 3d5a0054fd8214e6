import type { AttemptState } from './attempt-state.ts';
import type { OrderEffect, OrderFacts } from './order-effect.ts';
import { afterAnotherBlank, afterReject } from './reject-outcome.ts';
import { afterWithdrawal } from './withdrawal.ts';

/**
 * The next effect when nothing is in doubt: the last record of the attempt is an outcome that this process saw. Chips
 * come before ink, and both are read back before the card leaves (design section 3).
 */
export function forward(state: AttemptState, facts: OrderFacts): OrderEffect {
  const takenBack = facts.withdrawn === true ? afterWithdrawal(state) : null;
  return takenBack ?? onward(state, facts);
}

function onward(state: AttemptState, facts: OrderFacts): OrderEffect {
  switch (state.stage) {
    case 'claimed':
      return { do: 'plan' };
    case 'planned':
    case 'feed-intent':
      return { do: 'feed' };
    case 'fed':
      return { do: 'identify' };
    case 'identified':
    case 'encode-intent':
    case 'encoded': {
      const step = facts.steps.find((candidate) => !state.encoded.includes(candidate));
      return step === undefined ? { do: 'print' } : { do: 'encode', step };
    }
    case 'print-intent':
      return { do: 'print' };
    case 'printed':
      return { do: 'crosscheck' };
    case 'crosschecked':
      return { do: 'eject', to: 'output' };
    case 'eject-intent':
      return ejectAgain(state);
    case 'ejected':
      return state.ejection?.to === 'output' && state.crosschecked ? { do: 'settle', outcome: 'finished' } : afterReject(state, facts);
    case 'held':
      return { do: 'await-answer' };
    case 'answered':
      return answered(state);
    case 'settled':
      return { do: 'end' };
  }
}

function ejectAgain(state: AttemptState): OrderEffect {
  const ejection = state.ejection;
  if (ejection === null) return { do: 'pause', reason: 'STA-BUG' };
  return ejection.reason === null ? { do: 'eject', to: ejection.to } : { do: 'eject', to: ejection.to, reason: ejection.reason };
}

function answered(state: AttemptState): OrderEffect {
  if (state.hold?.question === 'another-blank') return afterAnotherBlank(state);
  if (state.answer === 'in-output' && state.crosschecked) return { do: 'record', entry: { kind: 'ejected', to: 'output', evidence: null } };
  return { do: 'record', entry: { kind: 'ejected', to: 'reject', evidence: null } };
}
