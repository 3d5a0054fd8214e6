/** Calendar days are text `YYYY-MM-DD`, so that they compare and store as written; instants are milliseconds since 1970 UTC. */
export type Day = string;

const DAY_MS = 86_400_000;
const ZONE = 'Europe/Stockholm';

const stockholmParts = new Intl.DateTimeFormat('sv-SE', {
  timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
});

/** What a clock in Stockholm shows at an instant. `minuteOfDay` counts from 0. */
export function stockholmTime(instant: number): { readonly day: Day; readonly minuteOfDay: number } {
  const parts = new Map(stockholmParts.formatToParts(instant).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '00';
  return { day: `${part('year')}-${part('month')}-${part('day')}`, minuteOfDay: Number(part('hour')) * 60 + Number(part('minute')) };
}

/** The calendar day in Stockholm at an instant. */
export function stockholmDay(instant: number): Day {
  return stockholmTime(instant).day;
}

/** The instant of ISO text with offset, as the order schema has checked it. */
export function instantOf(text: string): number {
  return Date.parse(text);
}

/** The last millisecond of a day in Stockholm. Clock changes are at night, so the offset at noon UTC holds at its end. */
export function endOfStockholmDay(day: Day): number {
  const noon = Date.parse(`${day}T12:00:00Z`);
  const offsetMinutes = stockholmTime(noon).minuteOfDay - 12 * 60;
  return Date.parse(`${day}T00:00:00Z`) + DAY_MS - 1 - offsetMinutes * 60_000;
}

/** The day `count` days later (earlier when negative). */
export function addDays(day: Day, count: number): Day {
  return dayOf(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS);
}

/** The same day of the month `count` months later, or that month's last day where it has no such day. */
export function addMonths(day: Day, count: number): Day {
  const { year, month, date } = partsOf(day);
  const first = new Date(0);
  first.setUTCFullYear(year, month - 1 + count, 1);
  const last = new Date(first.getTime());
  last.setUTCMonth(last.getUTCMonth() + 1, 0);
  return dayOf(first.getTime() + (Math.min(date, last.getUTCDate()) - 1) * DAY_MS);
}

/** Full years from `from` to `to`, as ages are counted; negative when `to` is earlier. */
export function yearsBetween(from: Day, to: Day): number {
  const [start, end] = [partsOf(from), partsOf(to)];
  const reached = end.month > start.month || (end.month === start.month && end.date >= start.date);
  return end.year - start.year - (reached ? 0 : 1);
}

/** 0 Sunday to 6 Saturday. */
export function weekday(day: Day): number {
  return new Date(Date.parse(`${day}T00:00:00Z`)).getUTCDay();
}

export function yearOf(day: Day): number {
  return partsOf(day).year;
}

/** Whether text is a day of the calendar (2023-02-29 is not). */
export function isDay(text: string): boolean {
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isFinite(instant) && dayOf(instant) === text;
}

function dayOf(instantUtc: number): Day {
  return new Date(instantUtc).toISOString().slice(0, 10);
}

function partsOf(day: Day): { readonly year: number; readonly month: number; readonly date: number } {
  return { year: Number(day.slice(0, 4)), month: Number(day.slice(5, 7)), date: Number(day.slice(8, 10)) };
}
