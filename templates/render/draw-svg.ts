import sharp from 'sharp';
import { designGrid, type CardGrid } from '../compile/card-grid.ts';
import { cardSvg } from '../compile/write-svg.ts';
import { inTime } from '../picture/in-time.ts';

/** Seconds librsvg may take for one layer before libvips gives up. */
const drawingSeconds = 10;

/** Draws SVG elements, in units of the design, on a white card: three bytes a dot. */
export async function drawColourLayer(art: string, grid: CardGrid = designGrid): Promise<Uint8Array> {
  return drawn(art, grid, 3);
}

/** Draws SVG elements of black marks as one bit a dot: 1 where the smoothed picture is darker than half. */
export async function drawKLayer(art: string, grid: CardGrid = designGrid): Promise<Uint8Array> {
  const dots = await drawn(art, grid, 1);
  for (let index = 0; index < dots.length; index += 1) dots[index] = (dots[index] ?? 255) < 128 ? 1 : 0;
  return dots;
}

/** One channel is enough where all are equal. */
async function drawn(art: string, grid: CardGrid, channels: 1 | 3): Promise<Uint8Array> {
  const card = sharp(Buffer.from(cardSvg(art, grid)), { limitInputPixels: grid.dotCount }).timeout({ seconds: drawingSeconds }).flatten({ background: '#ffffff' });
  const image = channels === 3 ? card.toColourspace('srgb') : card.extractChannel(0);
  const { data, info } = await inTime(image.raw().toBuffer({ resolveWithObject: true }));
  if (info.channels !== channels || data.length !== grid.dotCount * channels) throw new Error(`layer drawn as ${info.width} x ${info.height} x ${info.channels}`);
  return data;
}
