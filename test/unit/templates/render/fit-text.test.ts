import { beforeAll, describe, expect, it } from 'vitest';
import { compileTemplate } from '../../../../templates/compile/compile-template.ts';
import type { TextField } from '../../../../templates/compile/compiled-template.ts';
import { fitText, measureText, normaliseText } from '../../../../templates/render/fit-text.ts';
import { readFonts, type Fonts } from '../../../../templates/render/fonts.ts';
import { shippedSources } from '../../../support/templates/drawings.ts';

describe('fit-text', () => {
  let fonts: Fonts;
  let field: TextField;
  beforeAll(async () => {
    fonts = await readFonts();
    const found = compileTemplate(shippedSources()).front.texts.find(({ name }) => name === 'lastName');
    if (found === undefined) throw new Error('no field lastName');
    field = found;
  });

  it('measures by the advances of the face: digits are 0.497 em wide in Source Sans 3 Regular', () => {
    // hmtx of SourceSans3-Regular.ttf: digits 497 of 1000 units.
    expect(measureText(fonts, '0000', 400, 100)).toBeCloseTo(198.8, 3);
  });

  it('keeps a short name at its drawn size', () => {
    expect(fitText(fonts, field, 'Ek')).toMatchObject({ lines: ['Ek'], sizePx: field.style.sizePx });
  });

  it('shrinks in quarter dots until a long name just fits, and no further', () => {
    const fitted = fitText(fonts, field, 'Brzęczyszczykiewicz-Šimkevičiūtė');
    if ('code' in fitted) throw new Error(fitted.code);
    const width = (sizePx: number): number => measureText(fonts, fitted.lines[0] ?? '', field.style.weight, sizePx);
    expect(fitted.sizePx).toBeLessThan(field.style.sizePx);
    expect(Number.isInteger(fitted.sizePx * 4)).toBe(true);
    expect(width(fitted.sizePx)).toBeLessThanOrEqual(field.box.width);
    expect(width(fitted.sizePx + 0.25)).toBeGreaterThan(field.box.width - 2);
  });

  it('refuses a name that does not fit at the floor, never clips', () => {
    expect(fitText(fonts, field, 'Wwwwwwwwww'.repeat(4))).toMatchObject({ code: 'ORD-TEXT-TOO-LONG' });
    expect(fitText(fonts, field, 'i'.repeat(61))).toMatchObject({ code: 'ORD-TEXT-TOO-LONG' });
    expect(fitText(fonts, field, 'Ek\nAlm')).toMatchObject({ code: 'ORD-TEXT-TOO-LONG' });
  });

  it.each([
    ['a control character', 'Ek\u0007'], ['a tab', 'Ek\tAlm'], ['a right-to-left override', 'Ek\u202E'], ['a zero-width joiner', 'E\u200Dk'], ['a soft hyphen', 'E\u00ADk'],
    ['Chinese', '李'], ['an emoji', 'Ek 🏗'], ['a lone surrogate', 'Ek\uD800'], ['a private character', 'Ek\uE000'], ['Arabic', 'علي'],
  ])('refuses %s', (_name, text) => {
    expect(fitText(fonts, field, text)).toMatchObject({ code: 'ORD-CHARACTERS' });
  });

  it.each(['Åäöéü', 'Żółć Łódź ąęśźń', 'Šimkevičiūtė Bērziņš', 'Őszi Ţ Ș ğ İ', 'Ødegård Æ ß Þ', 'Ковальчук', "O'Neill d’Arc – x"])('draws %s', (text) => {
    expect(fitText(fonts, field, text)).toMatchObject({ lines: [text] });
  });

  it('writes one form of a letter: decomposed letters become composed, spaces single', () => {
    expect(normaliseText('  A\u030Asa   \u00A0Ek ', field.rules)).toEqual(['\u00C5sa Ek']);
    expect(normaliseText('åsa', { ...field.rules, case: 'upper' })).toEqual(['ÅSA']);
    expect(fitText(fonts, field, 'A\u030Asa')).toMatchObject({ lines: ['\u00C5sa'] });
  });
});
