import { StationFault } from '../../drivers/contracts/fault.ts';
import type { CaFault } from '../ca/ca-faults.ts';

/** What the certificate authority can do wrong, each a word of the machine's vocabulary. `NAME@N` goes for the next N requests. */
export const caFaultMeanings = {
  'ca-away': 'the next N connections are cut before an answer',
  'ca-slow': 'the next N answers come five seconds late',
  'ca-waiting': 'the next N enrolments are told to come back in a second',
  'ca-refuse': 'the next N enrolments are refused',
  'ca-failing': 'the next N enrolments end in an internal error',
  'ca-lost-answer': 'the next N certificates are signed, and the answer is lost',
  'ca-garbled': 'the next N answers are no certificates',
  'ca-wrong-key': 'the next N certificates are for another key',
  'ca-wrong-policy': 'the next N certificates tell another assurance',
} as const;

export type CaFaultWord = keyof typeof caFaultMeanings;

const slowMs = 5000;

export function isCaFaultWord(name: string): name is CaFaultWord {
  return Object.hasOwn(caFaultMeanings, name);
}

/** Reads `NAME@N`. Throws `SIM-INVALID` for what is no such fault. */
export function parseCaFault(text: string): CaFault {
  const match = /^([a-z-]+)@([1-9]\d{0,8})$/.exec(text);
  const name = match?.[1] ?? '';
  if (!isCaFaultWord(name)) throw new StationFault('SIM-INVALID', { field: `fault ${text.slice(0, 60)}`, note: `known: ${Object.keys(caFaultMeanings).join(', ')}` });
  return caFault(name, Number(match?.[2]));
}

function caFault(word: CaFaultWord, times: number): CaFault {
  switch (word) {
    case 'ca-away': return { name: 'away', times };
    case 'ca-slow': return { name: 'slow', delayMs: slowMs, times };
    case 'ca-waiting': return { name: 'waiting', retryAfterSeconds: 1, times };
    case 'ca-refuse': return { name: 'refuse', reason: 'refused by the simulated authority', times };
    case 'ca-failing': return { name: 'failing', times };
    case 'ca-lost-answer': return { name: 'lost-answer', times };
    case 'ca-garbled': return { name: 'garbled', times };
    case 'ca-wrong-policy': return { name: 'wrong-policy', times };
    case 'ca-wrong-key': return { name: 'wrong-key', times };
  }
}
