import sharp from 'sharp';
import { evolis300Dpi } from '../../drivers/codec/evolis-geometry.ts';
import type { CardMarks, SideMarks } from '../machine/card-path-marks.ts';

const widthDots = evolis300Dpi.lines;
const heightDots = evolis300Dpi.dotsPerLine;

/**
 * One side as a person sees it: RGB, three bytes a dot, upright, 1016 x 648. Dyes take their complement from the white
 * card, K covers them, the clear overlay is not seen. Pure.
 */
export function composeSide(marks: SideMarks): Uint8Array {
  const { y, m, c, k } = marks.dots;
  const rgb = new Uint8Array(widthDots * heightDots * 3);
  for (let dot = 0; dot < widthDots * heightDots; dot += 1) {
    const covered = (k?.[dot] ?? 0) > 0;
    rgb[dot * 3] = covered ? 0 : 255 - (c?.[dot] ?? 0);
    rgb[dot * 3 + 1] = covered ? 0 : 255 - (m?.[dot] ?? 0);
    rgb[dot * 3 + 2] = covered ? 0 : 255 - (y?.[dot] ?? 0);
  }
  return rgb;
}

/** A side as PNG bytes. */
export async function sidePng(marks: SideMarks): Promise<Uint8Array> {
  return sharp(composeSide(marks), { raw: { width: widthDots, height: heightDots, channels: 3 } }).png({ compressionLevel: 6 }).toBuffer();
}

/** Both sides as PNG bytes. */
export async function cardPngs(marks: CardMarks): Promise<{ readonly front: Uint8Array; readonly back: Uint8Array }> {
  const [front, back] = await Promise.all([sidePng(marks.front), sidePng(marks.back)]);
  return { front, back };
}
