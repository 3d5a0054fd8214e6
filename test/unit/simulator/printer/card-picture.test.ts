import sharp from 'sharp';
import { expect, test } from 'vitest';
import { cardPngs, composeSide } from '../../../../simulator/printer/card-picture.ts';

const dots = 1016 * 648;
const only = (value: number): Uint8Array => Uint8Array.from({ length: dots }, (_, dot) => (dot === 0 ? value : 0));

test('dyes take their complement from white, K covers, overlay is not seen', () => {
  const dyed = composeSide({ dots: { y: only(10), m: only(20), c: only(30) }, passes: {} });
  expect([...dyed.subarray(0, 6)]).toEqual([225, 235, 245, 255, 255, 255]);
  const covered = composeSide({ dots: { y: only(10), k: only(1), overlay: only(1) }, passes: {} });
  expect([...covered.subarray(0, 6)]).toEqual([0, 0, 0, 255, 255, 255]);
});

test('both sides become pictures of a card', async () => {
  const { front, back } = await cardPngs({ front: { dots: { k: only(1) }, passes: {} }, back: { dots: {}, passes: {} } });
  const { data, info } = await sharp(front).raw().toBuffer({ resolveWithObject: true });
  expect(info).toMatchObject({ width: 1016, height: 648, channels: 3 });
  expect([...data.subarray(0, 6)]).toEqual([0, 0, 0, 255, 255, 255]);
  expect((await sharp(back).raw().toBuffer()).every((value) => value === 255)).toBe(true);
});
