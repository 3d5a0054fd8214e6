import type { CardPosition, PrinterEvidence } from './evidence.ts';

/**
 * Acts of a printer that are announced in the journal, so that a kill can leave them in doubt: `eject` into the good
 * output, `reject` into the reject box. A move is not announced: it may be made again from any station.
 */
export type PrinterStep = 'feed' | 'print' | 'eject' | 'reject';

/** What the evidence proves of an interrupted step; `held`: neither. */
export type StepVerdict = 'not-done' | 'done' | 'held';

/** How a counter stands against its value before the step. */
export type CounterChange = 'same' | 'one-more' | 'more';

/** What must be seen for a proof; what is left out does not matter. */
export interface EvidencePattern {
  readonly position?: readonly CardPosition[];
  readonly cardsFed?: CounterChange;
  readonly panelsPrinted?: CounterChange;
  readonly cardsToOutput?: CounterChange;
  readonly cardsToReject?: CounterChange;
}

export interface EvidenceProof {
  readonly step: PrinterStep;
  readonly seen: EvidencePattern;
  readonly proves: 'not-done' | 'done';
  /** Why it proves that, for the page and the log. */
  readonly because: string;
}

/** One protocol's table of evidence: what can be asked, and what it proves after a kill at a step. */
export interface EvidenceTable {
  readonly protocol: string;
  /** Each value that the protocol can give, and the question that gives it. A value that is missing is always null. */
  readonly asked: Readonly<Partial<Record<keyof PrinterEvidence, string>>>;
  readonly proofs: readonly EvidenceProof[];
}

/**
 * What the evidence proves of an interrupted step. `held`: the protocol cannot prove it either way, or two proofs
 * contradict each other; then a person looks. Pure.
 */
export function judgeStep(table: EvidenceTable, step: PrinterStep, before: PrinterEvidence, now: PrinterEvidence): StepVerdict {
  const proven = new Set(table.proofs.filter((proof) => proof.step === step && matches(proof.seen, before, now)).map(({ proves }) => proves));
  const [verdict] = proven;
  return proven.size === 1 && verdict !== undefined ? verdict : 'held';
}

function matches(seen: EvidencePattern, before: PrinterEvidence, now: PrinterEvidence): boolean {
  if (seen.position !== undefined && !seen.position.includes(now.position)) return false;
  return (['cardsFed', 'panelsPrinted', 'cardsToOutput', 'cardsToReject'] as const).every((counter) => {
    const wanted = seen[counter];
    return wanted === undefined || changed(before[counter], now[counter], wanted);
  });
}

/** A counter that is not known, then or now, proves nothing. */
function changed(before: number | null, now: number | null, wanted: CounterChange): boolean {
  if (before === null || now === null) return false;
  switch (wanted) {
    case 'same': return now === before;
    case 'one-more': return now === before + 1;
    case 'more': return now > before;
  }
}
