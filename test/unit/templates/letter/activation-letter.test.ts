import { PDFDocument } from 'pdf-lib';
import { beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../../drivers/contracts/secret.ts';
import { letterFields, makeActivationLetter } from '../../../../templates/letter/activation-letter.ts';
import { checkLetterForPin } from '../../../../templates/letter/check-letter.ts';
import { englishWording, swedishWording } from '../../../../templates/letter/letter-wording.ts';
import { readFonts, type Fonts } from '../../../../templates/render/fonts.ts';
import { sampleLetter } from '../../../support/templates/sample-letter.ts';

describe('activation-letter', () => {
  let fonts: Fonts;
  beforeAll(async () => { fonts = await readFonts(); });

  it('carries card number, validity, address and both languages', async () => {
    const { texts } = await makeActivationLetter(sampleLetter(), fonts);
    expect(texts).toEqual(expect.arrayContaining(['BB-2611-000123', '2031-11-21', 'Att: Kerstin Åkerblom', swedishWording.heading, englishWording.heading]));
    expect(texts.join(' ')).toContain('portal.example.se');
  });

  it('has no place for a PIN: no field of that name, and no sentence that takes one', async () => {
    expect(Object.keys(letterFields).toSorted()).toEqual(Object.keys(sampleLetter()).toSorted());
    expect(Object.keys(letterFields).filter((name) => /pin|puk|code|kod|secret/i.test(name))).toEqual([]);
    const { texts } = await makeActivationLetter(sampleLetter(), fonts);
    expect(texts.filter((text) => /\b(PIN|PUK)\b/i.test(text))).toEqual([]);
    const digits = texts.flatMap((text) => text.match(/\d[\d -]*\d/g) ?? []).map((run) => run.replaceAll(/\D/g, ''));
    const known = new Set(['1234', '11111', '20261122', '14', '41256', '2611000123', '20311121', '06']);
    expect(digits.filter((run) => !known.has(run))).toEqual([]);
    expect(digits).toContain('2611000123');
    using pin = Secret.take(Buffer.from('481516'));
    expect(checkLetterForPin(texts, pin)).toEqual([]);
  });

  it('is the same file for the same content, whenever it is made', async () => {
    const [one, other] = [await makeActivationLetter(sampleLetter(), fonts), await makeActivationLetter(sampleLetter(), fonts)];
    expect(Buffer.from(one.pdf).equals(Buffer.from(other.pdf))).toBe(true);
    expect((await PDFDocument.load(one.pdf, { updateMetadata: false })).getCreationDate()?.toISOString()).toBe('2026-11-22T00:00:00.000Z');
  });

  it('is one A4 page of modest size', async () => {
    const { pdf } = await makeActivationLetter(sampleLetter(), fonts);
    const document = await PDFDocument.load(pdf);
    expect(document.getPageCount()).toBe(1);
    const { width, height } = document.getPage(0).getSize();
    expect([width, height].map((points) => Math.round((points / 72) * 25.4))).toEqual([210, 297]);
    expect(pdf.length).toBeLessThan(200_000);
  });

  it('makes a long address smaller until it fits its window, and refuses one that cannot', async () => {
    const seven = Array.from({ length: 7 }, (_, index) => `Rad ${index + 1}`);
    await expect(makeActivationLetter(sampleLetter({ recipient: seven }), fonts)).resolves.toBeDefined();
    await expect(makeActivationLetter(sampleLetter({ recipient: [...seven, ...seven] }), fonts)).rejects.toMatchObject({ code: 'DEL-LETTER', detail: { field: 'recipient' } });
    await expect(makeActivationLetter(sampleLetter({ recipient: ['W'.repeat(60)] }), fonts)).rejects.toMatchObject({ code: 'DEL-LETTER' });
  });

  it('refuses characters it cannot draw and text that runs off the page', async () => {
    await expect(makeActivationLetter(sampleLetter({ holderName: '李' }), fonts)).rejects.toMatchObject({ code: 'DEL-LETTER' });
    await expect(makeActivationLetter(sampleLetter({ sender: ['Kort\u202Everk'] }), fonts)).rejects.toMatchObject({ code: 'DEL-LETTER' });
    await expect(makeActivationLetter(sampleLetter({ companyName: 'Bygg och Betong '.repeat(200) }), fonts)).rejects.toMatchObject({ code: 'DEL-LETTER' });
  });
});
