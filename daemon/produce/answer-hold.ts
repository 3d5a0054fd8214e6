import { StationFault } from '../../drivers/contracts/fault.ts';
import type { Journal } from '../../queue/journal/journal.ts';
import type { OpenAttempt } from '../../queue/journal/journal-entry.ts';
import { foldAttempt } from './attempt-state.ts';
import { holdTexts, isLegalAnswer, type HoldAnswer } from './hold-question.ts';
import type { HoldQuestion } from './order-effect.ts';

/** A hold that waits for a person: which card, what is asked, what may be answered. */
export interface OpenHold {
  readonly orderId: string;
  readonly attempt: number;
  readonly fence: number;
  readonly uid: string | null;
  readonly question: HoldQuestion;
  readonly answers: readonly HoldAnswer[];
}

/** All holds of a journal that wait for an answer. */
export function openHolds(journal: Journal): readonly OpenHold[] {
  return journal.openAttempts().flatMap(holdOf);
}

function holdOf({ orderId, attempt, fence, records }: OpenAttempt): readonly OpenHold[] {
  const state = foldAttempt(records.map((record) => record.entry));
  if (state.stage !== 'held' || state.hold === null || !isQuestion(state.hold.question)) return [];
  const question = state.hold.question;
  return [{ orderId, attempt, fence, uid: state.uid, question, answers: holdTexts[question].answers }];
}

function isQuestion(text: string): text is HoldQuestion {
  return Object.hasOwn(holdTexts, text);
}

/**
 * Records a person's answer to a hold; the attempt then goes on by itself. Throws `CLI-USAGE` when the order is not
 * held or the answer is not one of the legal ones.
 */
export function answerHold(journal: Journal, orderId: string, answer: string, by: string): void {
  const hold = openHolds(journal).find((open) => open.orderId === orderId);
  if (hold === undefined) throw new StationFault('CLI-USAGE', { field: 'order', note: `${orderId} is not held` });
  if (!isLegalAnswer(hold.question, answer)) throw new StationFault('CLI-USAGE', { field: 'answer', note: `legal answers: ${hold.answers.join(', ')}` });
  journal.append(hold, { kind: 'answered', answer, by });
}
