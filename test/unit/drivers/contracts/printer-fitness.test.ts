import { describe, expect, test } from 'vitest';
import { printerGaps, requireFit, type CardNeeds } from '../../../../drivers/contracts/printer-fitness.ts';
import { openMagicardSubject } from '../../../support/simulated-magicard.ts';
import { openEvolisSubject, patient } from '../../../support/simulated-printer.ts';

const needs: CardNeeds = { stations: ['contactless', 'contact'], duplex: true, colour: true, magnetic: false };

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
    const description = { ...(await subject.printer.describe(patient())), colour: false, widthDots: 1000 };
    expect(printerGaps(description, { ...needs, magnetic: true })).toEqual(['no contact station', 'no flip station', 'no colour', 'no magnetic head', 'a raster of 1000 x 648 dots, in which no card is drawn']);
  });
});
