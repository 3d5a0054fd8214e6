import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { inTime, pictureSeconds } from '../picture/in-time.ts';
import { clearWhite, complement, type ColourArea, type DyeConversion, type DyePanels } from './dye-conversion.ts';

const headBytes = 128;
const mostBytes = 16 * 1024 * 1024;

/**
 * Dyes through a printer's RGB ICC profile (ICC.1: header of 128 bytes, `RGB ` at 16, `acsp` at 36), perceptual intent: card printers are
 * RGB devices, and a CMYK profile would bring a black of its own. libvips leaves a picture as it is when it cannot use a profile, so the
 * profile is tried first. Throws `CFG-INVALID` for a file that is not there, or no RGB profile that can be used.
 */
export async function openIccDyes(file: string): Promise<DyeConversion> {
  const bytes = await readProfile(file);
  await requireUsable(file, bytes);
  return { name: `icc ${profileName(bytes)}`, convert: async (area) => convert(area, file) };
}

async function readProfile(file: string): Promise<Buffer> {
  const refuse = (note: string, cause?: unknown): StationFault => new StationFault('CFG-INVALID', { field: `ICC profile ${file}`, note }, cause);
  const bytes = await readFile(file).catch((error: unknown) => { throw refuse('cannot be read', error); });
  if (bytes.length < headBytes || bytes.length > mostBytes || bytes.toString('latin1', 36, 40) !== 'acsp') throw refuse('is no ICC profile');
  const space = bytes.toString('latin1', 16, 20).trim();
  if (space !== 'RGB') throw refuse(`is a profile for ${space}, not for RGB`);
  if (bytes.readUInt32BE(0) !== bytes.length) throw refuse('is cut off');
  return bytes;
}

/** A picture that was really converted carries the profile. */
async function requireUsable(file: string, bytes: Buffer): Promise<void> {
  const probe = await inTime(sharp(new Uint8Array(3), { raw: { width: 1, height: 1, channels: 3 } }).withIccProfile(file).png().toBuffer());
  const { icc } = await inTime(sharp(probe).metadata());
  if (icc?.equals(bytes) !== true) throw new StationFault('CFG-INVALID', { field: `ICC profile ${file}`, note: 'its tables cannot be used' });
}

/** The profile's own digest (header bytes 84 to 99), or its size where it has none. */
function profileName(bytes: Buffer): string {
  const id = bytes.toString('hex', 84, 100);
  return /^0+$/.test(id) ? `${String(bytes.length)} bytes` : id;
}

async function convert({ rgb, widthDots, heightDots }: ColourArea, file: string): Promise<DyePanels> {
  const image = sharp(rgb, { raw: { width: widthDots, height: heightDots, channels: 3 } }).timeout({ seconds: pictureSeconds });
  const { data, info } = await inTime(image.withIccProfile(file).raw().toBuffer({ resolveWithObject: true }));
  if (info.channels !== 3 || data.length !== rgb.length) throw new Error(`converted to ${String(info.channels)} channels`);
  const dyes = complement(data);
  clearWhite(rgb, dyes);
  return dyes;
}
