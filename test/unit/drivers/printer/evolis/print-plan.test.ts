import { describe, expect, test } from 'vitest';
import { commandText } from '../../../../../drivers/codec/evolis-frame.ts';
import type { CardImage, SideImage } from '../../../../../drivers/contracts/card-image.ts';
import { chooseRibbon, planPrint } from '../../../../../drivers/printer/evolis/print-plan.ts';
import { colourCard } from '../../../../support/simulated-printer.ts';

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

describe('the commands', () => {
  test('go in the order of the ribbon, front before back, and end the sequence', () => {
    const texts = planPrint(colourCard(), 'ymckok', 128).map((command) => commandText(command).replace(/;\d+(;\d+)?$/, ''));
    expect(texts).toEqual(['Psoe;D', 'Pr;ymckok', 'Ss', 'Sr', 'Db;y', 'Db;m', 'Db;c', 'Dbc;k', 'Dbc;o', 'Sv', 'Dbc;k', 'Se']);
  });

  test('exist only for a card of 1016 x 648 dots', () => {
    const upright: CardImage = { front: { widthDots: 648, heightDots: 1016, k: panel }, digest: '' };
    const short: CardImage = { front: { widthDots: 1016, heightDots: 648, k: panel.subarray(1) }, digest: '' };
    expect(() => planPrint(upright, 'k', 128)).toThrow(expect.objectContaining({ code: 'PRN-CAPABILITY' }));
    expect(() => planPrint(short, 'k', 128)).toThrow(expect.objectContaining({ code: 'PRN-CAPABILITY' }));
  });
});
