import { expect, test } from 'vitest';
import type { EvolisCommand } from '../../../../../drivers/codec/evolis-frame.ts';
import { printBegins, printStep, type PrintState } from '../../../../../drivers/printer/evolis/print-machine.ts';

const commands: readonly EvolisCommand[] = [
  { name: 'Psoe', params: ['D'] },
  { name: 'Ss', params: [] },
  { name: 'Dbc', params: ['k', '2', '1'], payload: Uint8Array.of(0) },
  { name: 'Se', params: [] },
];

const untouched = { card: 'untouched', where: 'at-a-station' } as const;
const head = { card: 'untouched', where: 'under-the-head' } as const;
const marked = { card: 'marked', where: 'under-the-head' } as const;

test.each<[readonly string[], PrintState]>([
  [[], { at: 'sending', next: 0, ...untouched }],
  [['OK'], { at: 'sending', next: 1, ...untouched }],
  [['OK', 'OK'], { at: 'sending', next: 2, ...head }],
  [['OK', 'OK', 'OK'], { at: 'sending', next: 3, ...marked }],
  [['OK', 'OK', 'OK', 'OK'], { at: 'done', ...marked }],
  [['OK', 'OK', 'OK', 'OK', 'OK'], { at: 'done', ...marked }],
  [['ERROR CDE'], { at: 'refused', command: 'Psoe', answer: 'ERROR CDE', ...untouched }],
  [['OK', 'FEEDER EMPTY'], { at: 'refused', command: 'Ss', answer: 'FEEDER EMPTY', ...untouched }],
  [['OK', 'FEEDER EMPTY', 'OK'], { at: 'refused', command: 'Ss', answer: 'FEEDER EMPTY', ...untouched }],
  [['OK', 'CARD JAM'], { at: 'refused', command: 'Ss', answer: 'CARD JAM', card: 'untouched', where: 'unknown' }],
  [['OK', 'OK', 'ERROR RIBBON'], { at: 'refused', command: 'Dbc', answer: 'ERROR RIBBON', ...marked }],
  [['OK', 'OK', 'COVER OPEN'], { at: 'refused', command: 'Dbc', answer: 'COVER OPEN', card: 'marked', where: 'unknown' }],
  [['OK', 'OK', 'OK', 'ERROR HEAD'], { at: 'refused', command: 'Se', answer: 'ERROR HEAD', ...marked }],
  [['OK', 'OK', 'OK', 'CARD JAM'], { at: 'refused', command: 'Se', answer: 'CARD JAM', card: 'marked', where: 'unknown' }],
  [['OK', 'OK', 'OK', 'ERROR TIME OUT'], { at: 'refused', command: 'Se', answer: 'ERROR TIME OUT', card: 'marked', where: 'unknown' }],
])('the answers %j lead to %j', (answers, expected) => {
  expect(answers.reduce((state, answer) => printStep(commands, state, answer), printBegins)).toEqual(expected);
});
