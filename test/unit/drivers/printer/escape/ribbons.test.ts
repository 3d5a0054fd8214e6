import { describe, expect, test } from 'vitest';
import type { CardImage, SideImage } from '../../../../../drivers/contracts/card-image.ts';
import { chooseRibbon } from '../../../../../drivers/printer/escape/ribbons.ts';

const panel = new Uint8Array(1016 * 648);
const side = (letters: string): SideImage => ({
  widthDots: 1016,
  heightDots: 648,
  ...(letters.includes('y') ? { y: panel, m: panel, c: panel } : {}),
  ...(letters.includes('k') ? { k: panel } : {}),
  ...(letters.includes('o') ? { overlay: panel } : {}),
});
const card = (front: string, back?: string): CardImage => ({ front: side(front), ...(back === undefined ? {} : { back: side(back) }), digest: '' });

describe('the ribbon', () => {
  test.each([
    [card('k'), null, 'k'],
    [card('k', 'k'), null, 'k'],
    [card('ko'), null, 'ko'],
    [card('yko', 'k'), null, 'ymckok'],
    [card('yko', 'ko'), null, 'ymcko'],
    [card('yko', 'yko'), null, 'ymcko'],
    [card('yko'), 'ymcko', 'ymcko'],
    [card('k'), 'ymckok', 'ymckok'],
    [card('yko', 'k'), 'k', null],
    [card('yko', 'yk'), 'ymckok', null],
    [card('k'), 'kb', 'k'],
  ] as const)('%# is chosen by the panels and by what is loaded', (image, loaded, expected) => {
    expect(chooseRibbon(image, loaded)).toBe(expected);
  });
});
