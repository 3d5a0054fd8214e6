import { describe, expect, it } from 'vitest';
import { addDays, addMonths, endOfStockholmDay, isDay, stockholmDay, stockholmTime, weekday, yearsBetween } from '../../../../queue/order/calendar.ts';

describe('months on', () => {
  it.each([
    ['2018-08-29', 60, '2023-08-29'],
    ['2024-02-29', 12, '2025-02-28'],
    ['2024-02-29', 48, '2028-02-29'],
    ['2026-08-31', 6, '2027-02-28'],
    ['2026-12-31', 2, '2027-02-28'],
    ['2026-01-31', -2, '2025-11-30'],
    ['0099-01-15', 1, '0099-02-15'],
  ])('%s and %i months is %s', (day, months, result) => {
    expect(addMonths(day, months)).toBe(result);
  });
});

describe('ages', () => {
  it.each([
    ['2000-02-29', '2013-02-28', 12],
    ['2000-02-29', '2013-03-01', 13],
    ['1926-11-23', '2026-11-22', 99],
    ['1926-11-22', '2026-11-22', 100],
    ['2030-01-01', '2026-11-22', -4],
  ])('from %s to %s: %i years', (from, to, years) => {
    expect(yearsBetween(from, to)).toBe(years);
  });
});

describe('Stockholm', () => {
  it.each([
    ['2026-01-01T22:59:59Z', '2026-01-01', 23 * 60 + 59],
    ['2026-01-01T23:00:00Z', '2026-01-02', 0],
    ['2026-07-01T22:00:00Z', '2026-07-02', 0],
  ])('%s is %s at minute %i', (instant, day, minuteOfDay) => {
    expect(stockholmTime(Date.parse(instant))).toEqual({ day, minuteOfDay });
  });

  it.each([
    ['2026-01-15', '2026-01-15T22:59:59.999Z'],
    ['2026-07-15', '2026-07-15T21:59:59.999Z'],
    ['2026-03-29', '2026-03-29T21:59:59.999Z'],
    ['2026-10-25', '2026-10-25T22:59:59.999Z'],
  ])('%s ends at %s, also on the days of the clock change', (day, instant) => {
    expect(new Date(endOfStockholmDay(day)).toISOString()).toBe(instant);
    expect(stockholmDay(endOfStockholmDay(day))).toBe(day);
    expect(stockholmDay(endOfStockholmDay(day) + 1)).toBe(addDays(day, 1));
  });
});

describe('days', () => {
  it.each([['2024-02-29', true], ['2023-02-29', false], ['2023-13-01', false], ['20230101', false], ['2023-1-1', false]])('%s is a day: %s', (text, valid) => {
    expect(isDay(text)).toBe(valid);
  });

  it('knows the weekday', () => {
    expect(weekday('2026-11-22')).toBe(0);
    expect(weekday('2026-11-28')).toBe(6);
  });
});
