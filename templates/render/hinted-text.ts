import sharp from 'sharp';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { FontWeight } from '../compile/compiled-template.ts';
import { escapeXml } from '../compile/write-svg.ts';
import { inTime } from '../picture/in-time.ts';
import { fontFamily, fontStyles } from './fonts.ts';

/** A one-bit picture, a byte a dot: 1 is ink. */
export interface Mask {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly dots: Uint8Array;
}

/** Draws one line of small text with hinted outlines and no smoothing, cropped to its ink: stems come out equally thick in a one-bit panel. */
export async function drawHintedText(text: string, weight: FontWeight, sizePx: number): Promise<Mask> {
  const style = fontStyles.get(weight);
  if (style === undefined) throw new StationFault('TPL-FONT', { note: `weight ${weight} is not shipped` });
  const options = { text: escapeXml(text), font: `${fontFamily} ${style} ${sizePx}`, dpi: 72, rgba: false };
  const { data, info } = await inTime(sharp({ text: options }).raw().toBuffer({ resolveWithObject: true }));
  const dots = new Uint8Array(info.width * info.height);
  for (let index = 0; index < dots.length; index += 1) dots[index] = (data[index * info.channels] ?? 0) >= 128 ? 1 : 0;
  return { widthPx: info.width, heightPx: info.height, dots };
}
