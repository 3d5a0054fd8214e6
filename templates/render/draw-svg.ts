import sharp from 'sharp';
import { cardHeightPx, cardWidthPx } from '../compile/compiled-template.ts';

const pixelCount = cardWidthPx * cardHeightPx;
/** Seconds librsvg may take for one layer before libvips gives up. */
const drawingSeconds = 10;

/** Draws an SVG document of the card's size on white: three bytes a dot. */
export async function drawColourLayer(svg: string): Promise<Uint8Array> {
  const image = sharp(Buffer.from(svg), { limitInputPixels: pixelCount }).timeout({ seconds: drawingSeconds });
  const { data, info } = await image.flatten({ background: '#ffffff' }).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  if (info.channels !== 3 || data.length !== pixelCount * 3) throw new Error(`layer drawn as ${info.width} x ${info.height} x ${info.channels}`);
  return data;
}

/** Draws an SVG document of black marks as one bit a dot: 1 where the smoothed picture is darker than half. */
export async function drawKLayer(svg: string): Promise<Uint8Array> {
  const rgb = await drawColourLayer(svg);
  const dots = new Uint8Array(pixelCount);
  for (let index = 0; index < pixelCount; index += 1) dots[index] = (rgb[index * 3] ?? 255) < 128 ? 1 : 0;
  return dots;
}
