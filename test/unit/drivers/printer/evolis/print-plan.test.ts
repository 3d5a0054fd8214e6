import { describe, expect, test } from 'vitest';
import { commandText } from '../../../../../drivers/codec/evolis-frame.ts';
import type { CardImage } from '../../../../../drivers/contracts/card-image.ts';
import { planPrint } from '../../../../../drivers/printer/evolis/print-plan.ts';
import { colourCard } from '../../../../support/simulated-printer.ts';

const panel = new Uint8Array(1016 * 648);

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
