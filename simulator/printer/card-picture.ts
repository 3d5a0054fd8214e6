import sharp from 'sharp';
import type { Ink } from '../../drivers/contracts/card-image.ts';
import { cardRasters, rasterOfDots, type CardRaster } from '../../drivers/contracts/card-raster.ts';
import type { CardMarks, SideMarks } from '../machine/card-path-marks.ts';
import { asFineAs } from '../machine/panel-raster.ts';
import { idealDyes, type DyeModel } from './dye-model.ts';

const seenInks: readonly Ink[] = ['y', 'm', 'c', 'k'];

/** The finest raster of what is printed on a side; 300 dpi for a blank one. */
export function rasterOfSide({ dots }: SideMarks): CardRaster {
  const most = Math.max(0, ...seenInks.map((ink) => dots[ink]?.length ?? 0));
  return rasterOfDots(most) ?? cardRasters['300'];
}

/**
 * One side as a person sees it: RGB, three bytes a dot, upright, in the finest raster of its panels. Dyes colour the white card as the
 * ribbon's dyes do, K covers them, the clear overlay is not seen. Pure.
 */
export function composeSide(marks: SideMarks, dyes: DyeModel = idealDyes): Uint8Array {
  const { widthDots, heightDots } = rasterOfSide(marks);
  const dotCount = widthDots * heightDots;
  const [y, m, c, k] = seenInks.map((ink) => asFineAs(marks.dots[ink] ?? new Uint8Array(dotCount), dotCount));
  const rgb = new Uint8Array(dotCount * 3);
  for (let dot = 0; dot < dotCount; dot += 1) {
    if ((k?.[dot] ?? 0) > 0) continue;
    dyes.colour(y?.[dot] ?? 0, m?.[dot] ?? 0, c?.[dot] ?? 0, rgb, dot * 3);
  }
  return rgb;
}

/** A side as PNG bytes, in square dots. */
export async function sidePng(marks: SideMarks, dyes: DyeModel = idealDyes): Promise<Uint8Array> {
  const { widthDots, heightDots } = rasterOfSide(marks);
  const { '300': card } = cardRasters;
  const seen = { width: widthDots, height: Math.round((widthDots * card.heightDots) / card.widthDots), fit: 'fill', kernel: 'nearest' } as const;
  return sharp(composeSide(marks, dyes), { raw: { width: widthDots, height: heightDots, channels: 3 } }).resize(seen).png({ compressionLevel: 6 }).toBuffer();
}

/** Both sides as PNG bytes. */
export async function cardPngs(marks: CardMarks, dyes: DyeModel = idealDyes): Promise<{ readonly front: Uint8Array; readonly back: Uint8Array }> {
  const [front, back] = await Promise.all([sidePng(marks.front, dyes), sidePng(marks.back, dyes)]);
  return { front, back };
}
