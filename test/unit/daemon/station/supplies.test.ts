import { describe, expect, test } from 'vitest';
import { suppliesFor } from '../../../../daemon/station/supplies.ts';
import { faultSentence } from '../../../../drivers/contracts/fault.ts';

describe('a batch', () => {
  const supplies = { ribbon: 'ymcko', ribbonSetsLeft: 40, cardsUntilCleaning: 1000, head: null, headCards: null };

  test.each<[number, readonly unknown[]]>([
    [30, []],
    [35, []],
    [36, [{ code: 'PRN-RIBBON-LOW', left: 40, needed: 36 }]],
    [40, [{ code: 'PRN-RIBBON-LOW', left: 40, needed: 40 }]],
    [41, [{ code: 'PRN-RIBBON-SHORT', left: 40, needed: 41 }]],
  ])('of %i cards', (cards, findings) => { expect(suppliesFor(supplies, { cards, sides: ['ymcko'] })).toEqual(findings); });

  test('of cards with two sides takes two sets a card, unless the ribbon has a black panel for the back', () => {
    expect(suppliesFor(supplies, { cards: 21, sides: ['ymcko', 'ymcko'] })).toEqual([{ code: 'PRN-RIBBON-SHORT', left: 20, needed: 21 }]);
    expect(suppliesFor({ ...supplies, ribbon: 'ymckok' }, { cards: 35, sides: ['ymcko', 'k'] })).toEqual([]);
    expect(suppliesFor({ ...supplies, ribbon: 'a film of its own' }, { cards: 35, sides: ['ymcko', 'ymcko'] })).toEqual([]);
  });

  test.each(['k', 'ko', 'ymckok', 'YMCKOK'])('of cards in colour on both sides is refused with a ribbon %s', (ribbon) => {
    expect(suppliesFor({ ...supplies, ribbon }, { cards: 3, sides: ['ymcko', 'ymcko'] })).toEqual([{ code: 'PRN-RIBBON-WRONG', left: 0, needed: 3 }]);
  });

  test('that would pass the next cleaning is refused, one that ends shortly before it is told of', () => {
    expect(suppliesFor({ ...supplies, cardsUntilCleaning: 3 }, { cards: 4, sides: ['ymcko'] })).toEqual([{ code: 'PRN-CLEANING-SHORT', left: 3, needed: 4 }]);
    expect(suppliesFor({ ...supplies, cardsUntilCleaning: 7 }, { cards: 4, sides: ['ymcko'] })).toEqual([{ code: 'PRN-CLEANING-DUE', left: 7, needed: 4 }]);
  });

  test('is not refused for what the printer does not tell, nor when it has no cards', () => {
    expect(suppliesFor({ ribbon: null, ribbonSetsLeft: null, cardsUntilCleaning: null, head: null, headCards: null }, { cards: 500, sides: ['ymcko', 'ymcko'] })).toEqual([]);
    expect(suppliesFor({ ...supplies, ribbonSetsLeft: 0 }, { cards: 0, sides: ['ymcko', 'ymcko'] })).toEqual([]);
  });

  test('is told in both languages with its figures', () => {
    const [finding] = suppliesFor(supplies, { cards: 41, sides: ['ymcko'] });
    const data = { left: finding?.left ?? 0, needed: finding?.needed ?? 0 };
    expect(faultSentence('PRN-RIBBON-SHORT', 'sv', { data })).toBe('Färgbandet räcker till 40 kort, men 41 ska göras. Byt färgband eller gör färre kort.');
    expect(faultSentence('PRN-RIBBON-SHORT', 'en', { data })).toBe('The ribbon is enough for 40 cards, but 41 are to be made. Change the ribbon or make fewer cards.');
  });
});
