import { createRequire } from 'node:module';
import type Holidays from 'date-holidays';
import { addDays, weekday, yearOf, type Day } from './calendar.ts';

/**
 * Free days beside the public holidays. Midsummer's, Christmas and New Year's Eve are bank holidays in the calendar
 * and count as holidays here (law 1930:173).
 */
const freeEves: ReadonlySet<string> = new Set(['midsommarafton', 'julafton', 'nyårsafton']);

let calendar: Holidays | null = null;
const freeDaysByYear = new Map<number, ReadonlySet<Day>>();

/** Monday to Friday, neither a Swedish public holiday nor one of the three eves. */
export function isWorkingDay(day: Day): boolean {
  const inWeek = weekday(day) >= 1 && weekday(day) <= 5;
  return inWeek && !freeDays(yearOf(day)).has(day);
}

/** The `count`-th working day after a day (which itself does not count). */
export function addWorkingDays(day: Day, count: number): Day {
  let found = day;
  for (let left = count; left > 0; ) {
    found = addDays(found, 1);
    if (isWorkingDay(found)) left -= 1;
  }
  return found;
}

function freeDays(year: number): ReadonlySet<Day> {
  const known = freeDaysByYear.get(year);
  if (known !== undefined) return known;
  const free = swedishCalendar().getHolidays(year).filter(({ type, name }) => type === 'public' || freeEves.has(name));
  const days = new Set(free.map(({ date }) => date.slice(0, 10)));
  freeDaysByYear.set(year, days);
  return days;
}

/** Loaded with the first question: the package brings the calendars of all countries, and a station that starts again over known orders asks none. */
function swedishCalendar(): Holidays {
  if (calendar === null) {
    const Calendar = createRequire(import.meta.url)('date-holidays') as typeof Holidays;
    calendar = new Calendar('SE', { languages: 'sv' });
  }
  return calendar;
}
