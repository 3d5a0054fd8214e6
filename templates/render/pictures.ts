import sharp, { type Metadata, type Sharp } from 'sharp';
import { StationFault, type FaultCode } from '../../drivers/contracts/fault.ts';
import { designGrid, type CardGrid } from '../compile/card-grid.ts';
import type { Box } from '../compile/compiled-template.ts';
import { inTime, pictureSeconds } from '../picture/in-time.ts';
import type { PictureName, PictureRules, TemplateManifest } from '../schema/template-manifest.ts';
import type { PictureCrop } from './card-face.ts';

/** A decoded picture ready to be copied into the colour layer: four bytes a dot, red green blue and opacity. */
export interface PreparedPicture {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rgba: Uint8Array;
}

/** A picture that cannot be printed, with the reason. */
export interface RefusedPicture {
  readonly code: FaultCode;
  readonly note: string;
}

interface PictureJob {
  readonly name: PictureName;
  readonly bytes: Uint8Array;
  readonly box: Pick<Box, 'width' | 'height'>;
  readonly rules: PictureRules;
  readonly limits: TemplateManifest['limits'];
  /** The raster that the picture is prepared for; that of the design when absent. */
  readonly grid?: CardGrid;
  /** How much of the design's sharpening; 100 when absent. */
  readonly sharpeningPercent?: number;
  readonly crop?: PictureCrop | undefined;
  readonly grey?: boolean | undefined;
}

const codes = {
  photo: { format: 'PHO-FORMAT', unreadable: 'PHO-UNREADABLE', small: 'PHO-TOO-SMALL' },
  logo: { format: 'LOG-FORMAT', unreadable: 'LOG-UNREADABLE', small: 'LOG-TOO-SMALL' },
} as const satisfies Record<PictureName, Record<string, FaultCode>>;

/**
 * Decodes a delivered picture to the size of its box: JPEG and PNG only, EXIF orientation applied, any colour space and depth
 * brought to 8-bit sRGB, a photo's transparency laid on white, a logo's kept. Pictures over the limits are refused unread. Throws
 * `LNK-TIMEOUT` where the picture library does not answer.
 */
export async function preparePicture(job: PictureJob): Promise<PreparedPicture | RefusedPicture> {
  const refusal = codes[job.name];
  if (!isJpegOrPng(job.bytes)) return { code: refusal.format, note: 'neither JPEG nor PNG' };
  if (job.bytes.length > job.limits.maxPictureBytes) return { code: refusal.unreadable, note: `larger than ${job.limits.maxPictureBytes} bytes` };
  try {
    const meta = await inTime(open(job).metadata());
    if (meta.width * meta.height > job.limits.maxPicturePixels) return { code: refusal.unreadable, note: `${meta.width} x ${meta.height} pixels` };
    const plan = planPicture(job, meta);
    return 'code' in plan ? plan : await draw(job, plan);
  } catch (error) {
    if (error instanceof StationFault) throw error;
    return { code: refusal.unreadable, note: error instanceof Error ? error.message : String(error) };
  }
}

interface PicturePlan {
  readonly crop: PictureCrop;
  readonly widthPx: number;
  readonly heightPx: number;
}

function planPicture(job: PictureJob, meta: Metadata): PicturePlan | RefusedPicture {
  const { box, rules } = job;
  const refusal = codes[job.name];
  const whole = { left: 0, top: 0, width: meta.autoOrient.width, height: meta.autoOrient.height };
  const crop = job.crop ?? whole;
  const inside = crop.left >= 0 && crop.top >= 0 && crop.width > 0 && crop.height > 0 && crop.left + crop.width <= whole.width && crop.top + crop.height <= whole.height;
  if (!inside || !Object.values(crop).every(Number.isInteger)) return { code: refusal.unreadable, note: 'the crop lies outside the picture' };
  if (whole.width < rules.minWidthPx || whole.height < rules.minHeightPx) return { code: refusal.small, note: `${whole.width} x ${whole.height} pixels` };
  const [across, down] = [box.width / crop.width, box.height / crop.height];
  const scale = rules.fit === 'cover' ? Math.max(across, down) : Math.min(across, down, rules.maxEnlargement);
  if (scale > rules.maxEnlargement) return { code: refusal.small, note: `would be enlarged ${scale.toFixed(2)} times` };
  if (rules.fit === 'cover') return { crop, widthPx: box.width, heightPx: box.height };
  return { crop, widthPx: Math.max(1, Math.round(crop.width * scale)), heightPx: Math.max(1, Math.round(crop.height * scale)) };
}

/**
 * Draws at the finer of the two scales of the raster, sharpens a photo there, and brings the coarser direction down afterwards. A photo
 * that has no colour of its own has none on the card: what sharpening and the photo's compression tinted is taken out.
 */
async function draw(job: PictureJob, { crop, widthPx, heightPx }: PicturePlan): Promise<PreparedPicture> {
  const { across, down } = job.grid ?? designGrid;
  const scale = Math.max(across, down);
  let image = open(job).autoOrient().extract(crop).resize({ width: widthPx * scale, height: heightPx * scale, fit: job.rules.fit === 'cover' ? 'cover' : 'fill' });
  if (job.name === 'photo') image = image.flatten({ background: '#ffffff' });
  if (job.name === 'photo') image = sharpened(image, job, scale);
  const drawn = await rgbaOf(image);
  const sized = across === down ? drawn : await rgbaOf(sharp(drawn.rgba, { raw: { width: drawn.widthPx, height: drawn.heightPx, channels: 4 } }).resize({ width: widthPx * across, height: heightPx * down, fit: 'fill' }));
  return job.grey === true || (job.name === 'photo' && hasNoColour(sized.rgba)) ? { ...sized, rgba: greyed(sized.rgba) } : sized;
}

/** Sharpens in lightness alone, at the size of the print: dyes are soft. */
function sharpened(image: Sharp, { rules, sharpeningPercent }: PictureJob, scale: number): Sharp {
  const share = (sharpeningPercent ?? 100) / 100;
  if (rules.sharpen === undefined || share === 0) return image;
  const { sigmaPx, flat, jagged } = rules.sharpen;
  return image.sharpen({ sigma: sigmaPx * scale, m1: flat * share, m2: jagged * share });
}

async function rgbaOf(image: Sharp): Promise<PreparedPicture> {
  const { data, info } = await inTime(image.toColourspace('srgb').ensureAlpha().raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true }));
  if (info.channels !== 4) throw new Error(`decoded to ${info.channels} channels`);
  return { widthPx: info.width, heightPx: info.height, rgba: data };
}

/** A grey picture's channels differ only by what JPEG's chroma and rounding do to them. */
const greyTolerance = 6;

function hasNoColour(rgba: Uint8Array): boolean {
  for (let index = 0; index < rgba.length; index += 4) {
    const [red, green, blue] = [rgba[index] ?? 0, rgba[index + 1] ?? 0, rgba[index + 2] ?? 0];
    if (Math.abs(red - green) > greyTolerance || Math.abs(green - blue) > greyTolerance || Math.abs(red - blue) > greyTolerance) return false;
  }
  return true;
}

/** The same picture without colour: luma by the weights of ITU-R BT.709. */
function greyed(rgba: Uint8Array): Uint8Array {
  const grey = Uint8Array.from(rgba);
  for (let index = 0; index < grey.length; index += 4) {
    const luma = Math.round(0.2126 * (rgba[index] ?? 0) + 0.7152 * (rgba[index + 1] ?? 0) + 0.0722 * (rgba[index + 2] ?? 0));
    grey[index] = luma;
    grey[index + 1] = luma;
    grey[index + 2] = luma;
  }
  return grey;
}

function open(job: PictureJob): Sharp {
  return sharp(job.bytes, { limitInputPixels: job.limits.maxPicturePixels, failOn: 'error' }).timeout({ seconds: pictureSeconds });
}

/** By the files' first bytes (JFIF/EXIF SOI marker; PNG signature): a name or type that came with the file proves nothing. */
function isJpegOrPng(bytes: Uint8Array): boolean {
  const starts = (...signature: readonly number[]): boolean => signature.every((byte, index) => bytes[index] === byte);
  return starts(0xff, 0xd8, 0xff) || starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
}
