import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { cardHeightPx, cardWidthPx } from '../compile/compiled-template.ts';
import { inTime, pictureSeconds } from '../picture/in-time.ts';
import { takesLight, type ColourTable } from '../schema/colour-table.ts';
import { chartSteps, measureChart } from './colour-chart.ts';

const mostPixels = 60_000_000;
/** How far the picture's shape may be from the card's. */
const shapeTolerance = 0.03;

/**
 * The colours of a printed chart from a picture of it: upright, cut to the edges of the card, JPEG or PNG in any resolution, from a
 * scanner whose colours are right. Throws `CFG-INVALID`.
 */
export async function readChartPicture(file: string): Promise<ColourTable['colours']> {
  const refuse = (note: string, cause?: unknown): StationFault => new StationFault('CFG-INVALID', { field: `picture of the chart ${file}`, note }, cause);
  const bytes = await readFile(file).catch((error: unknown) => { throw refuse('cannot be read', error); });
  try {
    const image = sharp(bytes, { limitInputPixels: mostPixels, failOn: 'error' }).timeout({ seconds: pictureSeconds }).autoOrient();
    const { autoOrient: { width, height } } = await inTime(image.metadata());
    if (Math.abs((width * cardHeightPx) / (height * cardWidthPx) - 1) > shapeTolerance) throw refuse(`${String(width)} x ${String(height)} pixels are not the shape of a card`);
    const sized = image.resize({ width: cardWidthPx, height: cardHeightPx, fit: 'fill' }).flatten({ background: '#ffffff' }).toColourspace('srgb').removeAlpha();
    const colours = measureChart(await inTime(sized.raw({ depth: 'uchar' }).toBuffer()));
    if (!takesLight({ steps: chartSteps, colours })) throw refuse('shows no colour chart, or not upright');
    return colours;
  } catch (error) {
    if (error instanceof StationFault) throw error;
    throw refuse('is no picture that can be read', error);
  }
}
