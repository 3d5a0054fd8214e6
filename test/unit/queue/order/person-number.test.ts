import { describe, expect, it } from 'vitest';
import { parsePersonNumber, printedPersonNumber } from '../../../../queue/order/person-number.ts';
import interim from '../../../vectors/swedish-numbers/interim.json' with { type: 'json' };
import entities from '../../../vectors/swedish-numbers/orgnumber-not-personal.json' with { type: 'json' };
import published from '../../../vectors/swedish-numbers/personnummer.json' with { type: 'json' };

const today = '2026-11-22';
/** The published lists judge a number by itself; a rule of the caller adds the age. */
const lateEnough = '2099-12-31';

/** One row differs from its valid neighbour by a blank alone. The list wants it refused; here blanks are taken away first (orders come from people). */
const withBlank = published.filter((row) => row.long_format.includes(' '));
const judged = published.filter((row) => !withBlank.includes(row));

describe('the published list of personal numbers', () => {
  it('is judged but for the row whose only flaw is a blank, which is read as if without', () => {
    expect(withBlank.map((row) => row.long_format)).toEqual(['19090527 1474']);
    expect(parsePersonNumber('19090527 1474', today)?.digits).toBe('190905271474');
  });

  it.each(judged.flatMap((row) => [row.long_format, row.short_format, row.separated_format, row.separated_long].map((text) => [text, row.valid, row.type] as const)))(
    '%s is valid: %s (%s)',
    (text, valid, type) => {
      const number = parsePersonNumber(text, today);
      expect(number !== null).toBe(valid);
      if (number !== null) expect(number.kind).toBe(type === 'con' ? 'SAMORDNINGSNUMMER' : 'PERSONNUMMER');
    },
  );

  it.each(judged.filter(({ valid }) => valid).map((row) => [row.separated_format, row.long_format] as const))('%s is stored as %s', (text, stored) => {
    expect(parsePersonNumber(text, today)?.digits).toBe(stored);
  });
});

describe('what is no personal number', () => {
  it.each(interim.flatMap((row) => [row.long_format, row.separated_format]))('interim number %s', (text) => {
    expect(parsePersonNumber(text, lateEnough)).toBeNull();
  });

  it.each(entities.flatMap((row) => [row.short_format, row.separated_format]))('organisation number %s', (text) => {
    expect(parsePersonNumber(text, lateEnough)).toBeNull();
  });

  it.each(['', 'ABCDEFGHIJ', '20000229-239', '20000229-23990', '2000-02-29-2399', '０', '<script>', '1'.repeat(100_000)])('%#', (text) => {
    expect(parsePersonNumber(text, today)).toBeNull();
  });

  it('a birth date to come, though the package takes it', () => {
    expect(parsePersonNumber('209912312387', today)).toBeNull();
    expect(parsePersonNumber('209912312387', lateEnough)?.birthDate).toBe('2099-12-31');
  });
});

describe('writing', () => {
  it.each([' 20000229-2399 ', '20000229 2399', '000229 - 2399', '000229\u20132399', '\u00a0000229\u22122399', '２００００２２９２３９９'])('%s is the same number', (text) => {
    expect(parsePersonNumber(text, today)?.digits).toBe('200002292399');
  });

  it.each([
    ['460823-9986', '2026-11-22', '194608239986'],
    ['4608239986', '1945-12-31', '184608239986'],
    ['510217-9974', '2050-12-31', '195102179974'],
    ['510217+9974', '2051-01-05', '195102179974'],
    ['510217+9974', '2026-11-22', '185102179974'],
    ['000229-2399', '1999-12-31', undefined],
  ])('%s read on %s is %s', (text, day, stored) => {
    expect(parsePersonNumber(text, day)?.digits).toBe(stored);
  });

  it('prints a plus sign from the year of the hundredth birthday', () => {
    const number = parsePersonNumber('195102179974', today);
    if (number === null) throw new Error('not read');
    expect(printedPersonNumber(number, '2050-12-31')).toBe('510217-9974');
    expect(printedPersonNumber(number, '2051-01-01')).toBe('510217+9974');
  });

  it('tells the birth date of a samordningsnummer, whose day is raised by 60', () => {
    expect(parsePersonNumber('730288-9931', today)).toEqual({ kind: 'SAMORDNINGSNUMMER', digits: '197302889931', birthDate: '1973-02-28' });
  });
});
