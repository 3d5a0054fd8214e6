import { describe, expect, test } from 'vitest';
import { printerGaps, requireFit, requireSupplies, suppliesFor, type CardNeeds } from '../../../../drivers/contracts/printer-fitness.ts';
import { openMagicardSubject } from '../../../support/simulated-magicard.ts';
import { openEvolisSubject, patient } from '../../../support/simulated-printer.ts';

const needs: CardNeeds = { stations: ['contactless', 'contact'], duplex: true, colour: true, widthDots: 1016, heightDots: 648 };

describe('a card type on a printer', () => {
  test('fits one that has everything, as it says itself', async () => {
    await using subject = await openEvolisSubject();
    expect(printerGaps(await subject.printer.describe(patient()), needs)).toEqual([]);
  });

  test('with chips does not fit one that only prints', async () => {
    await using subject = await openMagicardSubject();
    const description = await subject.printer.describe(patient());
    expect(() => { requireFit(description, needs); }).toThrow(expect.objectContaining({ code: 'PRN-CAPABILITY' }));
    expect(() => { requireFit(description, { ...needs, stations: [] }); }).not.toThrow();
  });

  test('does not fit one that lacks a flip station, colour or dots', async () => {
    await using subject = await openEvolisSubject({ model: 'zenius' });
    const description = { ...(await subject.printer.describe(patient())), colour: false };
    expect(printerGaps(description, { ...needs, widthDots: 2032 })).toEqual(['no contact station', 'no flip station', 'no colour', '1016 x 648 dots, not 2032 x 648']);
  });
});

describe('a batch', () => {
  const supplies = { ribbon: 'ymcko', cardsLeftOnRibbon: 40, cardsUntilCleaning: 1000 };

  test.each<[number, readonly unknown[]]>([
    [30, []],
    [35, []],
    [36, [{ code: 'PRN-RIBBON-LOW', refuses: false, left: 40, needed: 36 }]],
    [40, [{ code: 'PRN-RIBBON-LOW', refuses: false, left: 40, needed: 40 }]],
    [41, [{ code: 'PRN-RIBBON-END', refuses: true, left: 40, needed: 41 }]],
  ])('of %i cards', (cards, findings) => { expect(suppliesFor(supplies, cards)).toEqual(findings); });

  test('that cannot end is refused, for ribbon and for cleaning', () => {
    expect(() => { requireSupplies(supplies, 41); }).toThrow(expect.objectContaining({ code: 'PRN-RIBBON-END' }));
    expect(() => { requireSupplies({ ...supplies, cardsLeftOnRibbon: 500, cardsUntilCleaning: 3 }, 41); }).toThrow(expect.objectContaining({ code: 'PRN-CLEANING-OVERDUE' }));
    expect(() => { requireSupplies(supplies, 40); }).not.toThrow();
  });

  test('is not refused for what the printer does not tell', () => {
    expect(suppliesFor({ ribbon: null, cardsLeftOnRibbon: null, cardsUntilCleaning: null }, 500)).toEqual([]);
  });
});
