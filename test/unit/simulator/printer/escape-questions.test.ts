import { expect, test } from 'vitest';
import { newRibbon } from '../../../../simulator/machine/card-path-ribbon.ts';
import { freshlyTaken, newCardPath, type CardPath } from '../../../../simulator/machine/card-path.ts';
import { answerQuestion } from '../../../../simulator/printer/escape-questions.ts';
import { modesAtPowerOn } from '../../../../simulator/printer/escape-settings.ts';
import { printerModel } from '../../../../simulator/printer/printer-identity.ts';

const ask = (path: CardPath<unknown>, text: string, model = 'primacy-2-duplex'): string | null => {
  const [name = '', ...params] = text.split(';');
  return answerQuestion({ path, modes: modesAtPowerOn, identity: printerModel(model) }, name, params);
};
const idle = newCardPath<unknown>(['a', 'b'], { ribbon: newRibbon('ymcko', 100) });
const at = (position: 'print' | 'contact' | 'contactless' | 'exit' | 'between'): CardPath<unknown> => ({ ...idle, inside: { ...freshlyTaken<unknown>('x'), position } });

test.each<[string, CardPath<unknown>, string | null]>([
  ['Rtp', idle, 'Primacy 2 Duplex'],
  ['Rtp;x', idle, 'ERROR PARAMETRES'],
  ['Rlr;p', idle, 'OK'],
  ['Rlr;p', at('print'), 'CARD'],
  ['Rlr;p', at('contact'), 'SMART CARD'],
  ['Rlr;p', at('contactless'), 'CONTACTLESS CARD'],
  ['Rlr;p', at('between'), 'ERR CARD'],
  ['Rlr;p', at('exit'), 'OK'],
  ['Rse;b', at('exit'), '4,90 Volts'],
  ['Rse;b', at('print'), '0,20 Volts'],
  ['Rse;f', idle, '5,00 Volts'],
  ['Rse;f', newCardPath<unknown>([]), '0,00 Volts'],
  ['Rse;o', { ...idle, coverOpen: true }, '0,00 Volts'],
  ['Rse;x', idle, 'ERROR PARAMETRES'],
  ['Rlr;h', idle, 'NO CARD'],
  ['Rlr;h', { ...idle, standing: ['hopper-full'] }, 'CARD'],
  ['Rr', idle, 'ymcko'],
  ['Rr', { ...idle, ribbon: null }, 'ERR RIB DETECTION'],
  ['Rrt;count', idle, '100'],
  ['Rrt;count', { ...idle, ribbon: null }, 'ERR RIB DETECTION'],
  ['Rco;c', { ...idle, counters: { ...idle.counters, cardsIn: 7 } }, '7'],
  ['Rco;r', { ...idle, counters: { ...idle.counters, cardsSinceCleaning: 999 } }, '1'],
  ['Rco;q', idle, 'ERROR PARAMETRES'],
  ['Echo;a;b', idle, 'a;b'],
  ['Sic', idle, null],
  ['constructor', idle, null],
])('%s', (text, path, answer) => {
  expect(ask(path, text)).toBe(answer);
});

test('a station that is not built in has no offset', () => {
  expect(ask(idle, 'Ros', 'zenius')).toBe('OPT NOT AVAILABLE');
  expect(ask(idle, 'Roc', 'zenius')).toBe('0');
});
