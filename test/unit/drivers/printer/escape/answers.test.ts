import { describe, expect, test } from 'vitest';
import { isRefusal, parseCount, parseVolts, refusalCodes, refusalFault, requireOk } from '../../../../../drivers/printer/escape/answers.ts';

describe('refusals', () => {
  test.each([
    ['FEEDER EMPTY', 'PRN-FEEDER-EMPTY'],
    ['CARD JAM', 'PRN-JAM'],
    ['COVER OPEN', 'PRN-COVER-OPEN'],
    ['HOPPER FULL', 'PRN-OUTPUT-FULL'],
    ['NEED CLEANING', 'PRN-CLEANING-OVERDUE'],
    ['ERROR RIBBON', 'PRN-RIBBON-END'],
    ['ERROR HEAD', 'PRN-TEMPERATURE'],
    ['SOMETHING NEW', 'PRN-UNKNOWN'],
    ['', 'PRN-UNKNOWN'],
    ['ok', 'PRN-UNKNOWN'],
  ])('%j is %s', (answer, code) => {
    expect(() => { requireOk('Sic', answer); }).toThrow(expect.objectContaining({ code }));
  });

  test('a full box is the reject box when the card was to be rejected', () => {
    expect(refusalFault('Ser', 'HOPPER FULL').code).toBe('PRN-REJECT-FULL');
    expect(refusalFault('Se', 'HOPPER FULL').code).toBe('PRN-OUTPUT-FULL');
  });

  test('every listed text is known as a refusal of a question too', () => {
    expect(Object.keys(refusalCodes).filter((text) => !isRefusal(text))).toEqual([]);
    expect(isRefusal('Primacy 2')).toBe(false);
    expect(() => { requireOk('Sic', 'OK'); }).not.toThrow();
  });
});

test.each([['12', 12], ['0', 0], ['OK', null], ['-1', null], ['1.5', null], ['', null], ['9999999999999', null]])('count %j is %j', (answer, count) => {
  expect(parseCount(answer)).toBe(count);
});

test.each([['4,90 Volts', 4.9], ['0,20 Volts', 0.2], ['5.00 V', 5], ['five', null], ['', null]])('voltage %j is %j', (answer, volts) => {
  expect(parseVolts(answer)).toBe(volts);
});
