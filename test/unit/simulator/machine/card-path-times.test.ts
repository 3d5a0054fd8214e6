import { expect, test } from 'vitest';
import type { Ink } from '../../../../drivers/contracts/card-image.ts';
import type { PathAct } from '../../../../simulator/machine/card-path-acts.ts';
import { actDurationMs } from '../../../../simulator/machine/card-path-times.ts';

const panel = (ink: Ink): PathAct => ({ kind: 'mark', ink, dots: new Uint8Array() });
const front: readonly PathAct[] = [{ kind: 'take', to: 'print' }, { kind: 'synchronise' }, panel('y'), panel('m'), panel('c'), panel('k'), panel('overlay')];
const sum = (acts: readonly PathAct[]): number => acts.reduce((total, act) => total + actDurationMs(act), 0);

test('a YMCKO card takes 16.7 s, about 215 an hour', () => {
  expect(sum([...front, { kind: 'leave', to: 'output' }])).toBe(16_700);
});

test('black on the back adds a flip and a panel', () => {
  expect(sum([...front, { kind: 'flip' }, panel('k'), { kind: 'leave', to: 'output' }])).toBe(21_200);
});
