import Holidays from 'date-holidays';
import { addDays, weekday, yearOf, type Day } from './calendar.ts';

/**
 * Free days beside the public holidays. Midsummer's, Christmas and New Year's Eve are bank holidays in the calendar
 * and count as holidays here (law 1930:173).
 */
const freeEves: ReadonlySet<string> = new Set(['midsommarafton', 'julafton', 'nyårsafton']);

const calendar = new Holidays('SE', { languages: 'sv' });
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
  const free = calendar.getHolidays(year).filter(({ type, name }) => type === 'public' || freeEves.has(name));
  const days = new Set(free.map(({ date }) => date.slice(0, 10)));
  freeDaysByYear.set(year, days);
  return days;
}
