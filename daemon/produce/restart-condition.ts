import type { StepVerdict } from '../../drivers/contracts/evidence-table.ts';
import type { ChipEvidence, PrinterEvidence } from '../../drivers/contracts/evidence.ts';
import { faultEntry, type FaultCode } from '../../drivers/contracts/fault.ts';
import type { AttemptState } from './attempt-state.ts';

/**
 * What the restart table decides from: the journal's state, what printer and chip say, what that proves of the announced
 * act by the printer's own table of evidence, and why the last act failed.
 */
export interface Asked {
  readonly state: AttemptState;
  readonly evidence: PrinterEvidence;
  readonly proven: StepVerdict;
  readonly chip: ChipEvidence | null;
  readonly fault: FaultCode | null;
}

/** Where the card is, as the table's columns say it. */
export type Inside = 'yes' | 'no' | 'unclear';

export function insideOf(evidence: PrinterEvidence): Inside {
  switch (evidence.position) {
    case 'none':
      return 'no';
    case 'contactless':
    case 'contact':
    case 'print':
      return 'yes';
    case 'exit':
    case 'unknown':
      return 'unclear';
  }
}

function faultSays(asked: Asked, ...next: readonly string[]): boolean {
  return asked.fault !== null && next.includes(faultEntry(asked.fault).next);
}

function isInPermanentAct(asked: Asked): boolean {
  return asked.state.openActs.some((open) => open.effect === 'permanent');
}

/** How often a step may be begun on a card that loses the field again and again. */
const MOST_TRIES_OF_A_STEP = 3;

/** The same card answers again (or, before it was identified, any does), and nothing was begun that must not be begun twice. */
function isBackInTheField({ state, chip, fault }: Asked): boolean {
  const isSame = chip?.uid != null && (state.uid === null || chip.uid === state.uid);
  return fault === 'LNK-CARD-GONE' && isSame && !state.openActs.some(({ effect }) => effect === 'permanent') && state.stepTries < MOST_TRIES_OF_A_STEP;
}

/** Faults of what stands around the card: a person mends it, and the card inside can be gone on with. */
function isOfSurroundings(code: FaultCode | null): boolean {
  if (code === null || code === 'PRN-UNKNOWN') return false;
  return /^(PRN|KEY|CA|DEL|STO|CFG|TPL|FIL)-/.test(code) || code === 'ENC-CA-UNAVAILABLE' || code === 'ENC-NO-READER';
}

/** The conditions of the restart table by name, so that the table can be read, printed and tested as data. */
export const restartConditions = {
  always: () => true,
  'no fault, or a passing one': (asked: Asked) => asked.fault === null || faultSays(asked, 'retry'),
  'the fault needs a person at the machine': (asked: Asked) => faultSays(asked, 'hold', 'stop'),
  'the fault concerns the order': (asked: Asked) => faultSays(asked, 'refuse'),
  'the fault is of the surroundings, not of the card': (asked: Asked) => faultSays(asked, 'hold', 'stop') && isOfSurroundings(asked.fault),
  'the printer was unclear, and is not now': (asked: Asked) => asked.fault === 'PRN-UNKNOWN',
  'another fault': (asked: Asked) => asked.fault !== null,
  'a fault that scraps the card': (asked: Asked) => faultSays(asked, 'scrap'),
  'the act is proven done': (asked: Asked) => asked.proven === 'done',
  'the act is proven not done': (asked: Asked) => asked.proven === 'not-done',
  'the act is proven not done, a fault needs a person': (asked: Asked) => asked.proven === 'not-done' && faultSays(asked, 'hold', 'stop'),
  'the act is proven not done, no fault or a passing one': (asked: Asked) => asked.proven === 'not-done' && (asked.fault === null || faultSays(asked, 'retry')),
  'the card lost the field, and answers again': isBackInTheField,
  'a passing fault, and the chip silent': (asked: Asked) => faultSays(asked, 'retry') && asked.chip?.uid == null,
  'chip silent': (asked: Asked) => asked.chip?.uid == null,
  'UID differs from the record': (asked: Asked) => asked.chip?.uid != null && asked.state.uid !== null && asked.chip.uid !== asked.state.uid,
  'tag names another order': (asked: Asked) => asked.chip?.tag != null && asked.state.uid === null,
  'a permanent act was begun, and a fault that does not pass': (asked: Asked) => isInPermanentAct(asked) && asked.fault !== null && !faultSays(asked, 'retry') && asked.fault !== 'PRN-UNKNOWN',
  'a permanent act was begun and not finished': isInPermanentAct,
} as const satisfies Record<string, (asked: Asked) => boolean>;

export type RestartCondition = keyof typeof restartConditions;
