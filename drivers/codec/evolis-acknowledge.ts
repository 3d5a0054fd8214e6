import { answerEnd, readAnswer, type AnswerProgress } from './evolis-answer.ts';

/**
 * Answers of a serial line in ACK/NACK mode (printers.md 2.2): an acting command is answered by ACK, or by NACK and one
 * code; a question by its text as elsewhere. ACK 06 and NACK 15 are the usual control characters, which the guide does
 * not spell out.
 */
const ack = 0x06;
const nack = 0x15;

/** The codes after NACK and the error text each stands for. */
const texts: Readonly<Record<string, string>> = {
  '1': 'ERROR CDE',
  '2': 'ERROR PARAMETRES',
  T: 'ERROR TIME OUT',
  C: 'COVER OPEN',
  F: 'FEEDER EMPTY',
  R: 'ERROR RIBBON',
  K: 'ERROR MAG CHECKSUM',
  D: 'ERROR MAG DATA',
  W: 'ERROR MAG',
};

/** Errors of the language without a code of their own, and the code that comes nearest. */
const nearest: Readonly<Record<string, string>> = {
  'CARD JAM': 'T',
  'HOPPER FULL': 'T',
  'NEED CLEANING': 'T',
  'ERROR HEAD': 'T',
  ERROR: 'T',
  'OPT NOT AVAILABLE': '1',
  'ERR RIB DETECTION': 'R',
};

const codes: Readonly<Record<string, string>> = { ...Object.fromEntries(Object.entries(texts).map(([code, text]) => [text, code])), ...nearest };

/** An answer as the printer sends it in this mode. */
export function writeAcknowledged(answer: string): Uint8Array {
  if (answer === 'OK') return Uint8Array.of(ack);
  const code = Object.hasOwn(codes, answer) ? codes[answer] : undefined;
  if (code !== undefined) return Uint8Array.of(nack, code.charCodeAt(0));
  return Buffer.from(`${answer}${answerEnd}`, 'latin1');
}

/** Looks for one answer in everything that came since the command was sent; ACK reads as `OK`, NACK as its error text. */
export function readAcknowledged(bytes: Uint8Array): AnswerProgress {
  const [first, second] = bytes;
  if (first === ack) return { kind: 'answer', text: 'OK', rest: bytes.subarray(1) };
  if (first !== nack) return readAnswer(bytes);
  if (second === undefined) return { kind: 'incomplete' };
  const code = String.fromCharCode(second);
  const text = Object.hasOwn(texts, code) ? texts[code] : undefined;
  return text === undefined ? { kind: 'garbage', reason: `NACK code ${String(second)}` } : { kind: 'answer', text, rest: bytes.subarray(2) };
}
