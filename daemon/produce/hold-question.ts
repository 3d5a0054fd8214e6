import type { HoldQuestion } from './order-effect.ts';

/** What a person is asked, and what may be answered. Answering ends the hold (queue.md 4.2, I12). */
export interface HoldText {
  readonly sv: string;
  readonly en: string;
  readonly answers: readonly HoldAnswer[];
}

/**
 * Where the person found the card (`destroyed`: made unusable before two witnesses or never found in the machine), or
 * whether an order that used up its attempts may have another blank.
 */
export type HoldAnswer = 'in-output' | 'in-reject' | 'destroyed' | 'remake' | 'give-up';

export const holdTexts: Readonly<Record<HoldQuestion, HoldText>> = {
  'where-is-the-card': {
    sv: 'Kortet är inte där det ska vara. Leta upp det. Är det i kassationsfacket, eller är det förstört?',
    en: 'The card is not where it should be. Find it. Is it in the reject box, or is it destroyed?',
    answers: ['in-reject', 'destroyed'],
  },
  'where-is-the-good-card': {
    sv: 'Kortet är färdigt men har lämnat skrivaren utan kvitto. Läs av korten i facken: ligger det i utmatningsfacket, i kassationsfacket, eller är det förstört?',
    en: 'The card is finished but left the printer without a receipt. Read the cards in the trays: is it in the output tray, in the reject box, or is it destroyed?',
    answers: ['in-output', 'in-reject', 'destroyed'],
  },
  'whose-card-is-inside': {
    sv: 'Ett annat kort än det väntade är i skrivaren. Ta ut det. Var är det väntade kortet?',
    en: 'Another card than the expected one is in the printer. Take it out. Where is the expected card?',
    answers: ['in-reject', 'destroyed'],
  },
  'another-blank': {
    sv: 'Flera kort har kasserats för beställningen. Ta reda på varför. Ska ett nytt kort göras, eller ska beställningen gå tillbaka?',
    en: 'Several cards of this order were scrapped. Find out why. Shall another card be made, or shall the order go back?',
    answers: ['remake', 'give-up'],
  },
};

/** Whether a text is a legal answer to a question. */
export function isLegalAnswer(question: HoldQuestion, answer: string): answer is HoldAnswer {
  return holdTexts[question].answers.some((legal) => legal === answer);
}
