import { addMonths, isDay, type Day } from './calendar.ts';
import { Personnummer } from './number-libraries.ts';

/** A Swedish personal identity number in its stored form. */
export interface PersonNumber {
  readonly kind: 'PERSONNUMMER' | 'SAMORDNINGSNUMMER';
  /** `YYYYMMDDNNNC`; the day of a samordningsnummer is raised by 60. */
  readonly digits: string;
  readonly birthDate: Day;
}

/**
 * Reads a personnummer or samordningsnummer as people write it: 10 or 12 digits, with or without `-` or `+`, spaces
 * around or inside, any Unicode dash. Ten digits get the latest century without a birth date after `asOf`; with `+` the
 * latest in which the person turns 100 in the year of `asOf` or has done so. Null for everything that is not one: wrong date or
 * check digit (package `personnummer`), an interim number, a birth date in the future.
 * `asOf` is handed in because the package would take today, and would accept 2099.
 */
export function parsePersonNumber(text: string, asOf: Day): PersonNumber | null {
  const match = /^(\d{2})?(\d{6})([-+]?)(\d{4})$/.exec(compactNumber(text));
  if (match === null) return null;
  const [, century, date = '', separator = '', last = ''] = match;
  const digits = `${century ?? centuryOf(date, separator === '+', asOf)}${date}${last}`;
  if (!Personnummer.valid(digits, { allowCoordinationNumber: true, allowInterimNumber: false })) return null;
  const birthDate = birthDateOf(digits);
  if (!isDay(birthDate) || birthDate > asOf) return null;
  return { kind: Number(digits.slice(6, 8)) > 60 ? 'SAMORDNINGSNUMMER' : 'PERSONNUMMER', digits, birthDate };
}

/** `YYMMDD-NNNC`, with `+` from the year in which the person turns 100. */
export function printedPersonNumber(number: PersonNumber, asOf: Day): string {
  const separator = addMonths(number.birthDate, 1200).slice(0, 4) <= asOf.slice(0, 4) ? '+' : '-';
  return `${number.digits.slice(2, 8)}${separator}${number.digits.slice(8)}`;
}

/** Without white space, every dash as `-`. */
export function compactNumber(text: string): string {
  return text.normalize('NFKC').replace(/\s+/gu, '').replace(/\p{Dash}/gu, '-');
}

function centuryOf(date: string, plus: boolean, asOf: Day): string {
  const current = Number(asOf.slice(0, 2));
  const yearOfCentury = Number(date.slice(0, 2));
  if (plus) return String(Math.floor((Number(asOf.slice(0, 4)) - 100 - yearOfCentury) / 100));
  return String(birthDateOf(`${current}${date}`) > asOf ? current - 1 : current);
}

function birthDateOf(digits: string): Day {
  const day = Number(digits.slice(6, 8));
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${String(day > 60 ? day - 60 : day).padStart(2, '0')}`;
}
