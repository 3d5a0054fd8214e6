import type { ChipEvidence, PrinterEvidence } from '../../drivers/contracts/evidence.ts';
import type { StepVerdict } from '../../drivers/contracts/evidence-table.ts';
import type { FaultCode } from '../../drivers/contracts/fault.ts';
import type { JournalEntry, Outcome } from '../../queue/journal/journal-entry.ts';
import type { EncodeStep } from './attempt-state.ts';

/** The facts of an order that the machine needs besides its attempt: which chips the profile encodes, how many attempts are left. */
export interface OrderFacts {
  readonly steps: readonly EncodeStep[];
  /** Attempts that may still follow this one before a person must look at the order. */
  readonly attemptsLeft: number;
  /** The order was taken back: no blank is begun for it, a card inside is scrapped. */
  readonly withdrawn?: boolean;
}

/** What the order machine wants done next. The loop executes it: intent journaled before, outcome after. */
export type OrderEffect =
  | { readonly do: 'plan' }
  | { readonly do: 'feed' }
  | { readonly do: 'identify' }
  | { readonly do: 'encode'; readonly step: EncodeStep }
  | { readonly do: 'print' }
  | { readonly do: 'crosscheck' }
  | { readonly do: 'eject'; readonly to: 'output' | 'reject'; readonly reason?: FaultCode }
  /** Evidence has proved what the journal did not know: write it down. */
  | { readonly do: 'record'; readonly entry: JournalEntry }
  /** Nothing is lost and nothing can go on before someone mends the machine; the attempt stays open. */
  | { readonly do: 'pause'; readonly reason: FaultCode }
  /** Only a person can tell what is true of this card. */
  | { readonly do: 'hold'; readonly question: HoldQuestion; readonly reason: FaultCode }
  | { readonly do: 'settle'; readonly outcome: Outcome; readonly reason?: FaultCode }
  /** The attempt waits for the answer to its hold. */
  | { readonly do: 'await-answer' }
  | { readonly do: 'end' };

/** The questions a hold may ask; their texts and legal answers stand in `hold-question.ts`. */
export type HoldQuestion = 'where-is-the-card' | 'where-is-the-good-card' | 'whose-card-is-inside' | 'another-blank';

/**
 * What is known beside the journal. `sure`: the same process did the last step and saw it succeed. Otherwise the
 * printer and the chip were asked; `fault` is why the last act failed, null after a restart. A printer that cannot
 * be reached gives no evidence. `proven`: what the evidence proves of the announced act, by the table of the printer's
 * protocol; where no act is announced nothing is to be proven, and it is held.
 */
export type Knowledge =
  | { readonly kind: 'sure' }
  | {
      readonly kind: 'asked';
      readonly evidence: PrinterEvidence | null;
      readonly proven: StepVerdict;
      readonly chip: ChipEvidence | null;
      readonly fault: FaultCode | null;
    };
