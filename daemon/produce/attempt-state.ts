import type { Effect } from '../../drivers/contracts/encoder.ts';
import type { PrinterEvidence } from '../../drivers/contracts/evidence.ts';
import type { FaultCode } from '../../drivers/contracts/fault.ts';
import type { JournalEntry, JournalKind, Outcome } from '../../queue/journal/journal-entry.ts';

/** What is written on a card beside ink: its chips, and the tracks of its magnetic stripe. */
export type EncodeStep = 'mifare' | 'piv' | 'magnetic';

/**
 * How far an attempt has come, told by its last record that matters. A stage ending in `-intent` means that an act was
 * announced and its outcome is not recorded.
 */
export type Stage = Exclude<JournalKind, 'effect-intent' | 'effect-done' | 'reported'>;

/** The plan's fixed values: chosen once, journaled before a card sees them. */
export type PlannedValues = Omit<Extract<JournalEntry, { kind: 'planned' }>, 'kind'>;

/** An attempt as the journal tells it: a fold of its records, nothing else. */
export interface AttemptState {
  readonly stage: Stage;
  readonly plan: PlannedValues | null;
  /** UID of the chip on the contactless station, hex, once identified. */
  readonly uid: string | null;
  readonly encoded: readonly EncodeStep[];
  /** Encode step announced last. */
  readonly step: EncodeStep | null;
  /** How often the step announced last was begun. */
  readonly stepTries: number;
  /** Acts of the running step that were announced and not achieved. */
  readonly openActs: readonly { readonly act: string; readonly effect: Effect }[];
  /** What the printer said before the last announced feed, print or ejection. */
  readonly before: PrinterEvidence | null;
  /** Where the last announced ejection goes, and why a card is rejected. */
  readonly ejection: { readonly to: 'output' | 'reject'; readonly reason: FaultCode | null } | null;
  readonly crosschecked: boolean;
  readonly printed: boolean;
  readonly hold: { readonly question: string; readonly answers: readonly string[]; readonly reason: FaultCode; readonly at: Stage } | null;
  readonly answer: string | null;
  readonly outcome: Outcome | null;
}

const untouched: AttemptState = {
  stage: 'claimed',
  plan: null,
  uid: null,
  encoded: [],
  step: null,
  stepTries: 0,
  openActs: [],
  before: null,
  ejection: null,
  crosschecked: false,
  printed: false,
  hold: null,
  answer: null,
  outcome: null,
};

/** Folds the records of one attempt, oldest first, into its state. */
export function foldAttempt(entries: readonly JournalEntry[]): AttemptState {
  return entries.reduce(advance, untouched);
}

/** One record further. */
export function advance(state: AttemptState, entry: JournalEntry): AttemptState {
  switch (entry.kind) {
    case 'effect-intent':
      return { ...state, openActs: [...state.openActs, { act: entry.act, effect: entry.effect }] };
    case 'effect-done':
      return { ...state, openActs: state.openActs.filter((open) => open.act !== entry.act) };
    case 'reported':
      return state;
    case 'held':
      return { ...state, stage: 'held', hold: { question: entry.question, answers: entry.answers, reason: entry.reason, at: state.stage } };
    case 'claimed':
    case 'planned':
    case 'feed-intent':
    case 'fed':
    case 'identified':
    case 'encode-intent':
    case 'encoded':
    case 'print-intent':
    case 'printed':
    case 'crosschecked':
    case 'eject-intent':
    case 'ejected':
    case 'answered':
    case 'settled':
      return { ...state, stage: entry.kind, ...changeOf(state, entry) };
  }
}

type StageEntry = Exclude<JournalEntry, { kind: 'effect-intent' | 'effect-done' | 'reported' | 'held' }>;

function changeOf(state: AttemptState, entry: StageEntry): Partial<AttemptState> {
  switch (entry.kind) {
    case 'claimed':
    case 'fed':
      return {};
    case 'ejected':
      return { ejection: { to: entry.to, reason: state.ejection?.reason ?? null } };
    case 'planned': {
      const { kind, ...plan } = entry;
      return { plan };
    }
    case 'feed-intent':
    case 'print-intent':
      return { before: entry.evidence };
    case 'identified':
      return { uid: entry.uid };
    case 'encode-intent':
      return { step: entry.step, stepTries: entry.step === state.step ? state.stepTries + 1 : 1, openActs: [] };
    case 'encoded':
      return { encoded: [...state.encoded, entry.step], openActs: [] };
    case 'printed':
      return { printed: true };
    case 'crosschecked':
      return { crosschecked: true };
    case 'eject-intent':
      return { before: entry.evidence, ejection: { to: entry.to, reason: entry.reason ?? null } };
    case 'answered':
      return { answer: entry.answer };
    case 'settled':
      return { outcome: entry.outcome };
  }
}
