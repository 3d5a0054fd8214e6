import { describe, expect, test } from 'vitest';
import { arm, noFaults, parseFault, strike } from '../../../../simulator/machine/card-path-faults.ts';

describe('a fault plan', () => {
  test('lets a fault happen once, at its count from the arming', () => {
    let plan = strike(noFaults, 'take').plan;
    plan = arm(plan, 'feeder-empty', 2);
    const first = strike(plan, 'take');
    const second = strike(first.plan, 'take');
    const third = strike(second.plan, 'take');
    expect([first.due, second.due, third.due]).toEqual([[], ['feeder-empty'], []]);
  });

  test('counts each trigger for itself', () => {
    const plan = arm(noFaults, 'no-answer', 1, 'command:Sis');
    expect(strike(plan, 'command:Sic').due).toEqual([]);
    expect(strike(plan, 'command:Sis').due).toEqual(['no-answer']);
  });
});

describe('a fault of the command line', () => {
  test.each([
    ['jam-at-contact@3', { name: 'jam-at-contact', nth: 3, trigger: 'arrive:contact' }],
    ['no-answer@2', { name: 'no-answer', nth: 2, trigger: 'act' }],
    ['no-answer@Sis:2', { name: 'no-answer', nth: 2, trigger: 'command:Sis' }],
  ])('%s', (text, expected) => {
    expect(parseFault(text)).toEqual(expected);
  });

  test.each(['', 'jam', 'jam@1', 'jam-at-contact', 'jam-at-contact@0', 'jam-at-contact@x', 'jam-at-contact@Sis:1', 'toString@1', 'no-answer@-1'])('%j is refused', (text) => {
    expect(() => parseFault(text)).toThrow(expect.objectContaining({ code: 'SIM-INVALID' }));
  });
});
