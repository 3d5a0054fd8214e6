import { describe, expect, it } from 'vitest';
import { parseOrganisationNumber, printedNumber, storedNumber } from '../../../../queue/order/organisation-number.ts';
import entities from '../../../vectors/swedish-numbers/orgnumber-not-personal.json' with { type: 'json' };
import published from '../../../vectors/swedish-numbers/organisationsnummer.json' with { type: 'json' };

const today = '2026-11-22';

describe('the published list of organisation numbers', () => {
  it.each(published.map((row) => [row.input, row.valid, row.type, row.long_format] as const))('%s is valid: %s (%s)', (input, valid, type, printed) => {
    const number = parseOrganisationNumber(input, today);
    expect(number !== null).toBe(valid);
    if (number === null) return;
    expect(number.kind).toBe(type === 'Enskild firma' ? 'owner' : 'entity');
    expect(printedNumber(number, today).replace('+', '-')).toBe(printed.replace('+', '-'));
  });

  it.each(entities.map((row) => row.separated_format))('%s is an entity', (text) => {
    const number = parseOrganisationNumber(text, today);
    expect(number?.kind).toBe('entity');
    expect(number === null ? null : printedNumber(number, today)).toBe(text);
  });
});

describe('writing', () => {
  it.each(['5560160680', '556016-0680', '165560160680', '16556016-0680', ' 556016 0680 ', '556016\u20130680'])('%s is one number', (text) => {
    expect(parseOrganisationNumber(text, today)).toEqual({ kind: 'entity', digits: '5560160680', group: 5 });
  });

  it('keeps the century of an owner, and may be owned by a samordningsnummer', () => {
    const [owner, coordination] = [parseOrganisationNumber('510217-9974', today), parseOrganisationNumber('730288-9931', today)];
    expect(owner === null ? null : storedNumber(owner)).toBe('195102179974');
    expect(coordination?.kind === 'owner' ? coordination.owner.kind : null).toBe('SAMORDNINGSNUMMER');
  });
});

describe('what is no organisation number', () => {
  it.each(['5560160681', '55601606800', 'SE556016068001', '209912312387', '', '556016_0680', '9'.repeat(100_000)])('%#: %.20s', (text) => {
    expect(parseOrganisationNumber(text, today)).toBeNull();
  });
});
