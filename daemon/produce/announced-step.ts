import { judgeStep, type EvidenceTable, type PrinterStep, type StepVerdict } from '../../drivers/contracts/evidence-table.ts';
import type { PrinterEvidence } from '../../drivers/contracts/evidence.ts';
import type { AttemptState } from './attempt-state.ts';

/** The act of the printer that the journal announced and whose outcome it does not know; null where none is open. */
export function announcedStep({ stage, ejection }: AttemptState): PrinterStep | null {
  if (stage === 'feed-intent') return 'feed';
  if (stage === 'print-intent') return 'print';
  if (stage !== 'eject-intent') return null;
  return ejection?.to === 'output' ? 'eject' : 'reject';
}

/** What the printer's answers prove of the announced act, against what it answered before it. Pure. */
export function provenOf(proofs: EvidenceTable, state: AttemptState, now: PrinterEvidence | null): StepVerdict {
  const step = announcedStep(state);
  return step === null || state.before === null || now === null ? 'held' : judgeStep(proofs, step, state.before, now);
}
