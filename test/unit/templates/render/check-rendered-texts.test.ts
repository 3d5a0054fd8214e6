import { describe, expect, it } from 'vitest';
import { checkRenderedTexts } from '../../../../templates/render/check-rendered-texts.ts';

// Numbers of the published test lists of personnummer/meta; the company's is made up.
const holder = '198507099805';
const company = '559999-0115';
const front = ['Åsa', 'Öhrström', 'Org.nr', company, 'BB-2611-000123', '2031-11-21'];
const back = ['BB-2611-000123', 'Box 1234', '111 11 Stockholm'];

const codes = (texts: { readonly front?: readonly string[]; readonly back?: readonly string[] }, organisationNumber = company, personalNumbers = [holder]): readonly string[] =>
  checkRenderedTexts({ front: texts.front ?? front, back: texts.back ?? back }, { organisationNumber, personalNumbers }).map(({ code }) => code);

describe('check-rendered-texts', () => {
  it('accepts a card with the organisation number once on the front', () => {
    expect(codes({})).toEqual([]);
  });

  it('counts the number in any way of writing it', () => {
    expect(codes({ front: ['Org.nr 5599990115'] })).toEqual([]);
    expect(codes({ front: ['559999\u20110115'] })).toEqual([]);
    expect(codes({}, '5599990115')).toEqual([]);
    expect(codes({ front: ['PL 525-000-1111'] }, 'PL 5250001111')).toEqual([]);
  });

  it('stops a card without it, with it twice, or with it on the back', () => {
    expect(codes({ front: ['Åsa'] })).toEqual(['COM-ORGNR-NOT-PRINTED']);
    expect(codes({ front: [...front, company] })).toEqual(['COM-ORGNR-NOT-PRINTED']);
    expect(codes({ front: ['Åsa'], back: [company] })).toEqual(['COM-ORGNR-NOT-PRINTED']);
    expect(codes({ back: [...back, `Mall ${company}`] })).toEqual(['COM-ORGNR-NOT-PRINTED']);
    expect(codes({}, '')).toEqual(['COM-ORGNR-NOT-PRINTED']);
  });

  it.each(['850709-9805', '19850709-9805', '198507099805', '850709+9805', '8507099805', '850709 9805', 'Född 850709 9805', '８５０７０９９８０５'])('finds a personal number written as %s', (text) => {
    expect(codes({ back: [...back, text] })).toEqual(['PER-NUMBER-ON-CARD']);
  });

  it('finds one that is parted over two texts', () => {
    expect(codes({ front: [...front, '850709', '9805'] })).toEqual(['PER-NUMBER-ON-CARD']);
  });

  it("lets an enskild firma show its owner's number as organisation number, once, and nobody else's", () => {
    const firm = ['Bengt', '850709-9805'];
    expect(codes({ front: firm }, '850709-9805', [holder])).toEqual([]);
    expect(codes({ front: [...firm, '850709-9805'] }, '850709-9805', [holder])).toEqual(['COM-ORGNR-NOT-PRINTED']);
    expect(codes({ front: [...firm, '19900101-0017'] }, '850709-9805', [holder, '199001010017'])).toEqual(['PER-NUMBER-ON-CARD']);
  });
});
