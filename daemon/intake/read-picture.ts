import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { StationFault, type FaultCode } from '../../drivers/contracts/fault.ts';
import type { PhotoFacts } from '../../queue/order/order-schema.ts';
import { inTime } from '../../templates/picture/in-time.ts';
import type { IntakeLimits } from './intake-limits.ts';
import { pictureFormat } from './picture-format.ts';

export type PictureRole = 'photo' | 'logo';

/** What is measured of a picture. Width and height are those of the upright picture (EXIF orientation applied). */
export type MeasuredPicture = Pick<PhotoFacts, 'sha256' | 'mime' | 'width' | 'height'>;

export type PictureReading = { readonly kind: 'read'; readonly facts: MeasuredPicture } | { readonly kind: 'refused'; readonly code: FaultCode; readonly note: string };

const codes = {
  photo: { format: 'PHO-FORMAT', unreadable: 'PHO-UNREADABLE' },
  logo: { format: 'LOG-FORMAT', unreadable: 'LOG-UNREADABLE' },
} as const;

/**
 * Measures a picture and proves that all of it decodes. Only JPEG and PNG are handed to the decoder: SVG, HEIC, GIF and
 * the rest are told by their first bytes. The pixel count is taken from the header and bounded before anything is
 * decoded; the decoding itself shrinks as it reads, so memory stays small. CMYK, grey and 16-bit pictures and pictures
 * with transparency are accepted (the card is drawn from eight-bit sRGB on white); an animated PNG is not. Throws
 * `LNK-TIMEOUT` for a decoder that does not answer: that is not the picture's fault.
 */
export async function readPicture(bytes: Uint8Array, role: PictureRole, limits: IntakeLimits): Promise<PictureReading> {
  const refuse = (code: FaultCode, note: string): PictureReading => ({ kind: 'refused', code, note });
  const format = pictureFormat(bytes);
  if (format === 'empty') return refuse(codes[role].unreadable, 'the file is empty');
  if (format !== 'image/jpeg' && format !== 'image/png') return refuse(codes[role].format, `this is ${format}`);
  try {
    const header = await inTime(sharp(bytes, { limitInputPixels: false }).metadata());
    const pixels = header.width * header.height;
    if (pixels > limits.picturePixels) return refuse('FIL-TOO-LARGE', `${header.width} x ${header.height} pixels, at most ${limits.picturePixels} in all`);
    await decodeWhole(bytes, limits);
    const turned = (header.orientation ?? 1) >= 5;
    const [width, height] = turned ? [header.height, header.width] : [header.width, header.height];
    return { kind: 'read', facts: { sha256: createHash('sha256').update(bytes).digest('hex'), mime: format, width, height } };
  } catch (error) {
    if (!(error instanceof Error) || error instanceof StationFault) throw error;
    return refuse(codes[role].unreadable, error.message.split('\n', 1)[0]?.slice(0, 200) ?? '');
  }
}

/** Reads every byte of the picture; the decoder's warnings count as damage (a truncated or corrupt JPEG gives only those). */
async function decodeWhole(bytes: Uint8Array, limits: IntakeLimits): Promise<void> {
  const whole = sharp(bytes, { limitInputPixels: limits.picturePixels, failOn: 'warning', sequentialRead: true }).timeout({ seconds: limits.pictureTimeoutSeconds });
  await inTime(whole.resize(32, 32, { fit: 'fill' }).raw().toBuffer());
}
