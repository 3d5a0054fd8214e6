import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Ink, SideImage } from '../../drivers/contracts/card-image.ts';
import { inTime } from '../picture/in-time.ts';
import type { RenderedCard, RgbPicture } from './card-face.ts';

const inks = ['y', 'm', 'c', 'k', 'overlay'] as const satisfies readonly Ink[];

/** A card's both sides as PNG files, as a person would see them. */
export async function sidePictures(card: Pick<RenderedCard, 'front' | 'back'>): Promise<{ readonly front: Uint8Array; readonly back: Uint8Array }> {
  const png = ({ rgb, widthPx, heightPx }: RgbPicture): Promise<Uint8Array> => inTime(sharp(rgb, { raw: { width: widthPx, height: heightPx, channels: 3 } }).png().toBuffer());
  return { front: await png(card.front), back: await png(card.back) };
}

/** Writes `front.png`, `back.png` and one grey PNG a panel (`front-y.png` and so on; dark is ink) into a folder; gives the file names. */
export async function writeCardPictures(card: RenderedCard, folder: string): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const files = new Map<string, Uint8Array>();
  const sides = await sidePictures(card);
  files.set('front.png', sides.front).set('back.png', sides.back);
  for (const [name, side] of [['front', card.image.front], ['back', card.image.back]] as const) {
    for (const ink of inks) if (side?.[ink] !== undefined) files.set(`${name}-${ink}.png`, await panelPicture(side, ink));
  }
  for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
  return [...files.keys()];
}

/** One panel as a grey picture: full ink is black, also for the one-bit panels. */
async function panelPicture(side: SideImage, ink: Ink): Promise<Uint8Array> {
  const full = ink === 'k' || ink === 'overlay' ? 1 : 255;
  const grey = Uint8Array.from(side[ink] ?? [], (value) => 255 - Math.round((value * 255) / full));
  return inTime(sharp(grey, { raw: { width: side.widthDots, height: side.heightDots, channels: 1 } }).toColourspace('b-w').png().toBuffer());
}
