import type { FaultCode } from '../../drivers/contracts/fault.ts';
import type { Journal } from '../../queue/journal/journal.ts';
import { answerHold, openHolds, type OpenHold } from '../produce/answer-hold.ts';
import type { HoldAnswer } from '../produce/hold-question.ts';

/** The person at the machine, as far as the station can reach one. */
export interface Attendant {
  /** Told why the machine waits, for which order, and which orders are left; says whether it can go on. */
  mend(reason: FaultCode, orderId: string, left: readonly string[]): Promise<boolean>;
  /** Looks for the card of a hold. Null when nobody can say now: the order stays held. */
  answer(hold: OpenHold): Promise<HoldAnswer | null>;
}

/** How often a person may mend the machine or answer for one order before the station gives up for now. */
export const mostMends = 10;

/** The same person for one order: who has helped `mostMends` times is not asked again, as help does not help. */
export function patientWith(attendant: Attendant): Attendant {
  let helps = 0;
  return {
    async mend(...wait) {
      if (helps === mostMends || !(await attendant.mend(...wait))) return false;
      helps += 1;
      return true;
    },
    async answer(hold) {
      const given = helps === mostMends ? null : await attendant.answer(hold);
      if (given !== null) helps += 1;
      return given;
    },
  };
}

/** A bench with nobody in reach: what needs a person waits. */
export const nobodyThere: Attendant = { mend: async () => false, answer: async () => null };

/** Asks the person about a held order and records the answer. False when there was none. */
export async function answerWith(journal: Journal, attendant: Attendant, orderId: string): Promise<boolean> {
  const hold = openHolds(journal).find((open) => open.orderId === orderId);
  const answer = hold === undefined ? null : await attendant.answer(hold);
  if (answer === null) return false;
  answerHold(journal, orderId, answer, 'person at the machine');
  return true;
}
