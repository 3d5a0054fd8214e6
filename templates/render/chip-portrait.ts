import sharp from 'sharp';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { inTime, pictureSeconds } from '../picture/in-time.ts';
import type { PictureCrop } from './card-face.ts';

/** A portrait for the chip: small enough for the facial image object (12 710 bytes with header and signature). */
export interface ChipPortrait {
  /** Baseline JPEG, 24-bit colour. */
  readonly jpeg: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Three to four, as ID06 photos are; 240 dots are enough for a face at a door (SP 800-76-2, 7.2 asks for them between the ears at its best). */
const widthPx = 240;
const heightPx = 320;
/** Leaves the signature, its attributes and the headers about 700 bytes. */
const mostBytes = 12_000;
const qualities = [85, 75, 65, 55, 45, 35, 25, 15] as const;
const mostPixels = 60_000_000;

/**
 * Cuts and shrinks an order's photo for the chip, with the best JPEG quality that fits. The same photo gives the same
 * bytes. Throws `PHO-UNREADABLE`, and `LNK-TIMEOUT` where the picture library does not answer.
 */
export async function chipPortrait(photo: Uint8Array, crop: PictureCrop | undefined): Promise<ChipPortrait> {
  try {
    const upright = sharp(photo, { limitInputPixels: mostPixels, failOn: 'error' }).timeout({ seconds: pictureSeconds }).autoOrient();
    const cut = crop === undefined ? upright : upright.extract(crop);
    const small = cut.resize({ width: widthPx, height: heightPx, fit: 'cover' }).flatten({ background: '#ffffff' }).toColourspace('srgb').removeAlpha();
    const { data, info } = await inTime(small.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true }));
    const raw = { width: info.width, height: info.height, channels: info.channels };
    for (const quality of qualities) {
      const jpeg = await inTime(sharp(data, { raw }).toColourspace('srgb').jpeg({ quality, progressive: false, chromaSubsampling: '4:2:0' }).toBuffer());
      if (jpeg.length <= mostBytes) return { jpeg: Uint8Array.from(jpeg), widthPx, heightPx };
    }
  } catch (error) {
    if (error instanceof StationFault) throw error;
    throw new StationFault('PHO-UNREADABLE', { field: 'photo', note: 'no portrait for the chip can be made of it' }, error);
  }
  throw new StationFault('PHO-UNREADABLE', { field: 'photo', note: `the portrait does not fit into ${mostBytes} bytes` });
}

/** A portrait of nobody, for test cards: as large as one of a person, because noise does not shrink. */
export async function specimenPortrait(): Promise<ChipPortrait> {
  const noise = await inTime(sharp({ create: { width: widthPx, height: heightPx, channels: 3, background: '#808080', noise: { type: 'gaussian', mean: 128, sigma: 30 } } }).png().toBuffer());
  return chipPortrait(noise, undefined);
}
