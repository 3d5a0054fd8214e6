import { expect, test } from 'vitest';
import type { EvolisCommand } from '../../../../../drivers/codec/evolis-frame.ts';
import { printBegins, printStep, type PrintState } from '../../../../../drivers/printer/evolis/print-machine.ts';

const commands: readonly EvolisCommand[] = [
  { name: 'Ss', params: [] },
  { name: 'Dbc', params: ['k', '2', '1'], payload: Uint8Array.of(0) },
  { name: 'Se', params: [] },
];

test.each<[readonly string[], PrintState]>([
  [[], { at: 'sending', next: 0, card: 'untouched' }],
  [['OK'], { at: 'sending', next: 1, card: 'untouched' }],
  [['OK', 'OK'], { at: 'sending', next: 2, card: 'marked' }],
  [['OK', 'OK', 'OK'], { at: 'done' }],
  [['OK', 'OK', 'OK', 'OK'], { at: 'done' }],
  [['FEEDER EMPTY'], { at: 'refused', command: 'Ss', answer: 'FEEDER EMPTY', card: 'untouched' }],
  [['FEEDER EMPTY', 'OK'], { at: 'refused', command: 'Ss', answer: 'FEEDER EMPTY', card: 'untouched' }],
  [['OK', 'ERROR RIBBON'], { at: 'refused', command: 'Dbc', answer: 'ERROR RIBBON', card: 'marked' }],
  [['OK', 'OK', 'CARD JAM'], { at: 'refused', command: 'Se', answer: 'CARD JAM', card: 'marked' }],
])('the answers %j lead to %j', (answers, expected) => {
  expect(answers.reduce((state, answer) => printStep(commands, state, answer), printBegins)).toEqual(expected);
});
