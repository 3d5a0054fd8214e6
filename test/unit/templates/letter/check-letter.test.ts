import { describe, expect, it } from 'vitest';
import { Secret } from '../../../../drivers/contracts/secret.ts';
import { checkLetterForPin } from '../../../../templates/letter/check-letter.ts';

const findings = (texts: readonly string[], digits = '481516'): readonly unknown[] => {
  using pin = Secret.take(Buffer.from(digits, 'latin1'));
  return checkLetterForPin(texts, pin);
};

describe('check-letter', () => {
  it.each(['481516', 'PIN: 481516.', 'kod481516', '481 516', '48-15-16', '4 8 1 5 1 6', '1. 481516', '4.8.1.5.1.6', '４８１５１６', 'BB-2611-481516'])('finds the PIN in "%s"', (text) => {
    expect(findings(['Hej', text])).toEqual([{ code: 'KEY-PIN-IN-LETTER', field: 'letter' }]);
  });

  it.each(['BB-2611-000123', '1481516', '4815167', '48151', '481 51', '4815, 16', 'Box 4815 Stad 16'])('does not take "%s" for it', (text) => {
    expect(findings([text])).toEqual([]);
  });

  it('does not join what stands in two texts', () => {
    expect(findings(['481', '516'])).toEqual([]);
    expect(findings([])).toEqual([]);
  });

  it('keeps the PIN to itself', () => {
    expect(JSON.stringify(findings(['481516']))).not.toContain('481516');
  });
});
