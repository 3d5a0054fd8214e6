import type { Stage } from './attempt-state.ts';
import type { Inside, RestartCondition } from './restart-condition.ts';

/** What a row of the restart table orders; `restart.ts` turns it into an effect. */
export type RestartAction =
  | 'go on'
  | 'refuse the order'
  | 'pause for a person'
  | 'pause: card of nobody'
  | 'hold: where is the card'
  | 'hold: where is the good card'
  | 'hold: whose card is inside'
  | 'record: fed'
  | 'record: in the output'
  | 'record: in the reject box'
  | 'reject: interrupted'
  | 'reject: chip silent'
  | 'reject: print in doubt'
  | 'reject: for the fault'
  | 'reject again';

/** One row: for these stages, with the card (not) inside, when the condition holds, do this. */
export interface RestartRow {
  /** The last record; `ejecting good` and `ejecting bad` are the two forms of `eject-intent`. */
  readonly last: readonly (Exclude<Stage, 'eject-intent'> | 'ejecting good' | 'ejecting bad')[];
  readonly inside: Inside | 'either';
  readonly when: RestartCondition;
  readonly then: RestartAction;
}

/**
 * What to do when the outcome of the last step is not known: after a restart, or after an act that failed. The first
 * row that fits decides (queue.md 2.4). What a printer's counters and positions prove of the announced act is not said
 * here: that is the evidence table of its protocol (`Printer.proofs`), and what it does not prove is held or paused.
 * `docs/recovery.md` is this table, and those, in words.
 */
export const restartTable: readonly RestartRow[] = [
  { last: ['ejected', 'held', 'answered', 'settled'], inside: 'either', when: 'always', then: 'go on' },

  { last: ['claimed', 'planned'], inside: 'either', when: 'the fault concerns the order', then: 'refuse the order' },
  { last: ['claimed', 'planned'], inside: 'either', when: 'the fault needs a person at the machine', then: 'pause for a person' },
  { last: ['claimed', 'planned'], inside: 'yes', when: 'always', then: 'pause: card of nobody' },
  { last: ['claimed', 'planned'], inside: 'no', when: 'no fault, or a passing one', then: 'go on' },

  { last: ['feed-intent'], inside: 'yes', when: 'the act is proven done', then: 'record: fed' },
  { last: ['feed-intent'], inside: 'yes', when: 'always', then: 'pause: card of nobody' },
  { last: ['feed-intent'], inside: 'no', when: 'the act is proven not done, a fault needs a person', then: 'pause for a person' },
  { last: ['feed-intent'], inside: 'no', when: 'the act is proven not done', then: 'go on' },
  { last: ['feed-intent'], inside: 'no', when: 'always', then: 'hold: where is the card' },

  { last: ['fed', 'identified', 'encode-intent', 'encoded', 'print-intent', 'printed'], inside: 'no', when: 'always', then: 'hold: where is the card' },
  { last: ['crosschecked'], inside: 'no', when: 'always', then: 'hold: where is the good card' },

  { last: ['fed'], inside: 'yes', when: 'tag names another order', then: 'hold: whose card is inside' },
  { last: ['fed'], inside: 'yes', when: 'the card lost the field, and answers again', then: 'go on' },
  { last: ['fed'], inside: 'yes', when: 'a fault that scraps the card', then: 'reject: for the fault' },
  { last: ['fed'], inside: 'yes', when: 'the fault is of the surroundings, not of the card', then: 'pause for a person' },
  { last: ['fed'], inside: 'yes', when: 'a passing fault, and the chip silent', then: 'reject: chip silent' },
  { last: ['fed'], inside: 'yes', when: 'no fault, or a passing one', then: 'go on' },
  { last: ['fed'], inside: 'yes', when: 'the printer was unclear, and is not now', then: 'go on' },
  { last: ['fed'], inside: 'yes', when: 'another fault', then: 'reject: for the fault' },

  { last: ['identified', 'encode-intent', 'encoded', 'print-intent', 'printed', 'crosschecked'], inside: 'yes', when: 'UID differs from the record', then: 'hold: whose card is inside' },
  { last: ['ejecting good'], inside: 'yes', when: 'UID differs from the record', then: 'hold: where is the good card' },
  { last: ['identified', 'encode-intent', 'encoded', 'printed'], inside: 'yes', when: 'the card lost the field, and answers again', then: 'go on' },
  { last: ['identified', 'encode-intent', 'encoded', 'print-intent', 'printed'], inside: 'yes', when: 'a fault that scraps the card', then: 'reject: for the fault' },
  { last: ['identified', 'encode-intent', 'encoded', 'print-intent', 'printed', 'crosschecked'], inside: 'yes', when: 'chip silent', then: 'reject: chip silent' },
  { last: ['ejecting good'], inside: 'yes', when: 'chip silent', then: 'pause: card of nobody' },

  { last: ['encode-intent'], inside: 'yes', when: 'a permanent act was begun, and a fault that does not pass', then: 'reject: for the fault' },
  { last: ['encode-intent'], inside: 'yes', when: 'a permanent act was begun and not finished', then: 'reject: interrupted' },
  { last: ['identified', 'encode-intent', 'encoded', 'printed'], inside: 'yes', when: 'the fault is of the surroundings, not of the card', then: 'pause for a person' },
  { last: ['identified', 'encode-intent', 'encoded', 'printed'], inside: 'yes', when: 'no fault, or a passing one', then: 'go on' },
  { last: ['identified', 'encode-intent', 'encoded', 'printed'], inside: 'yes', when: 'the printer was unclear, and is not now', then: 'go on' },
  { last: ['identified', 'encode-intent', 'encoded', 'printed'], inside: 'yes', when: 'another fault', then: 'reject: for the fault' },

  { last: ['print-intent'], inside: 'yes', when: 'the act is proven not done, a fault needs a person', then: 'pause for a person' },
  { last: ['print-intent'], inside: 'yes', when: 'the act is proven not done, no fault or a passing one', then: 'go on' },
  { last: ['print-intent'], inside: 'yes', when: 'another fault', then: 'reject: for the fault' },
  { last: ['print-intent'], inside: 'yes', when: 'always', then: 'reject: print in doubt' },

  { last: ['crosschecked', 'ejecting good', 'ejecting bad'], inside: 'yes', when: 'the fault needs a person at the machine', then: 'pause for a person' },
  { last: ['crosschecked'], inside: 'yes', when: 'always', then: 'go on' },
  { last: ['ejecting good'], inside: 'yes', when: 'the act is proven not done', then: 'go on' },
  { last: ['ejecting bad'], inside: 'yes', when: 'the act is proven not done', then: 'reject again' },
  { last: ['ejecting good', 'ejecting bad'], inside: 'yes', when: 'always', then: 'pause: card of nobody' },

  { last: ['ejecting good'], inside: 'no', when: 'the act is proven done', then: 'record: in the output' },
  { last: ['ejecting bad'], inside: 'no', when: 'the act is proven done', then: 'record: in the reject box' },
  { last: ['ejecting good'], inside: 'no', when: 'always', then: 'hold: where is the good card' },
  { last: ['ejecting bad'], inside: 'no', when: 'always', then: 'hold: where is the card' },
];
