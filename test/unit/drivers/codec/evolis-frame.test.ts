import { expect, test } from 'vitest';
import { parseFraming, standardFraming, writeCommand } from '../../../../drivers/codec/evolis-frame.ts';

test.each([
  [{ name: 'Ss', params: [] }, '\x1bSs\r'],
  [{ name: 'Pc', params: ['k', '=', '10'] }, '\x1bPc;k;=;10\r'],
])('%j is written as %j', (command, text) => {
  expect(Buffer.from(writeCommand(command)).toString('latin1')).toBe(text);
});

test.each([
  [[], standardFraming],
  [['33', '44', '10'], { start: 33, separator: 44, end: 10 }],
  [['33', '44'], null],
  [['33', '33', '10'], null],
  [['0', '44', '10'], null],
  [['65', '44', '10'], null],
  [['300', '44', '10'], null],
  [['x', '44', '10'], null],
])('Psc %j frames as %j', (params, framing) => {
  expect(parseFraming(params)).toEqual(framing);
});
