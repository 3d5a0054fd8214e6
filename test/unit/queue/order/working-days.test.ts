import { describe, expect, it } from 'vitest';
import { addDays, weekday } from '../../../../queue/order/calendar.ts';
import { addWorkingDays, isWorkingDay } from '../../../../queue/order/working-days.ts';

/** Days of 2026 from Monday to Friday that are free: the public holidays of law 1989:253 and the three eves of law 1930:173. */
const free2026 = ['2026-01-01', '2026-01-06', '2026-04-03', '2026-04-06', '2026-05-01', '2026-05-14', '2026-06-19', '2026-12-24', '2026-12-25', '2026-12-31'];

describe('working days of 2026', () => {
  const days = Array.from({ length: 365 }, (_, index) => addDays('2026-01-01', index));

  it('are all weekdays but the free ones', () => {
    const free = days.filter((day) => weekday(day) >= 1 && weekday(day) <= 5 && !isWorkingDay(day));
    expect(free).toEqual(free2026);
  });

  it('are never at the weekend', () => {
    expect(days.filter((day) => (weekday(day) === 0 || weekday(day) === 6) && isWorkingDay(day))).toEqual([]);
  });

  it.each(['2026-04-02', '2026-04-30', '2026-01-05', '2026-10-30', '2026-12-10'])('%s is one, though the calendar names it', (day) => {
    expect(isWorkingDay(day)).toBe(true);
  });
});

describe('counting', () => {
  it.each([
    ['2026-11-23', 5, '2026-11-30'],
    ['2026-11-21', 1, '2026-11-23'],
    ['2026-12-22', 5, '2027-01-04'],
    ['2026-04-01', 3, '2026-04-08'],
    ['2026-06-18', 1, '2026-06-22'],
  ])('%s and %i working days is %s', (from, count, to) => {
    expect(addWorkingDays(from, count)).toBe(to);
  });
});
