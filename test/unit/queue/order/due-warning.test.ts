import { describe, expect, it } from 'vitest';
import { dueWarning } from '../../../../queue/order/due-warning.ts';

const minute = 60_000;
const due = Date.UTC(2026, 10, 27, 22, 59);

describe('The warning of a due time', () => {
  it.each([
    ['express, 31 minutes left', true, due - 31 * minute, null],
    ['express, 29 minutes left', true, due - 29 * minute, 'DEL-LATE'],
    ['express, a moment late', true, due + 1, 'DEL-OVERDUE'],
    ['standard, 25 hours left', false, due - 25 * 60 * minute, null],
    ['standard, 23 hours left', false, due - 23 * 60 * minute, 'DEL-LATE'],
    ['standard, late', false, due + minute, 'DEL-OVERDUE'],
  ])('is right for %s', (_case, express, now, warning) => {
    expect(dueWarning({ express, dueAt: due }, now)).toBe(warning);
  });

  it('is none while the clock has not started', () => {
    expect(dueWarning({ express: true, dueAt: null }, due)).toBeNull();
  });
});
