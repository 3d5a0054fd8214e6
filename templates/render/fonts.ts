import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import * as fontkit from 'fontkit';
import type { Font } from 'fontkit';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { FontWeight } from '../compile/compiled-template.ts';
import { escapeXml } from '../compile/write-svg.ts';

/** The shipped face: Source Sans 3 (SIL Open Font License 1.1), static TrueType files of the package source-sans. */
export const fontFamily = 'Source Sans 3';

/** Weight -> the style's name in the face. */
export const fontStyles: ReadonlyMap<FontWeight, string> = new Map<FontWeight, string>([
  [300, 'Light'], [400, 'Regular'], [600, 'Semibold'], [700, 'Bold'], [900, 'Black'],
]);

/** The font files, read for measuring and for embedding. */
export interface Fonts {
  readonly files: ReadonlyMap<FontWeight, Uint8Array>;
  readonly faces: ReadonlyMap<FontWeight, Font>;
  /** SHA-256 (hex) over the files in the order of their weights. */
  readonly hash: string;
}

function fontFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('source-sans/package.json')), 'TTF');
}

/** Reads the shipped font files. Throws `TPL-FONT` when one is missing or is no font. */
export async function readFonts(folder: string = fontFolder()): Promise<Fonts> {
  const files = new Map<FontWeight, Uint8Array>();
  const faces = new Map<FontWeight, Font>();
  const hash = createHash('sha256');
  for (const [weight, style] of fontStyles) {
    const path = join(folder, `SourceSans3-${style}.ttf`);
    const bytes = await readFont(path);
    files.set(weight, bytes);
    faces.set(weight, openFace(bytes, path));
    hash.update(bytes);
  }
  return { files, faces, hash: hash.digest('hex') };
}

async function readFont(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new StationFault('TPL-FONT', { note: `font file ${path} cannot be read` }, error);
  }
}

function openFace(bytes: Uint8Array, path: string): Font {
  try {
    const face = fontkit.create(Buffer.from(bytes));
    if ('layout' in face) return face;
  } catch (error) {
    throw new StationFault('TPL-FONT', { note: `font file ${path} is no font` }, error);
  }
  throw new StationFault('TPL-FONT', { note: `font file ${path} holds a collection` });
}

/** The face of a weight. Throws `TPL-FONT` when it is not shipped. */
export function faceOf(fonts: Fonts, weight: FontWeight): Font {
  const face = fonts.faces.get(weight);
  if (face === undefined) throw new StationFault('TPL-FONT', { note: `weight ${weight} is not shipped` });
  return face;
}

/**
 * Makes librsvg and Pango see the shipped fonts and no other: writes a fontconfig file into `cacheDir` and names it in the
 * process's environment. Must run before the first text is drawn, in the main thread (a worker's environment is a copy; elsewhere it
 * throws `TPL-FONT`).
 * One-bit hinted drawing is asked for here because Pango takes it from fontconfig; librsvg draws SVG text smoothed all the same.
 */
export async function installFontconfig(cacheDir: string, folder: string = fontFolder()): Promise<void> {
  if (!isMainThread) throw new StationFault('TPL-FONT', { note: 'fonts can be installed in the main thread only' });
  const home = resolve(cacheDir, 'fontconfig');
  await mkdir(home, { recursive: true });
  const file = join(home, 'fonts.conf');
  const fresh = join(home, `fonts.${process.pid}.conf`);
  await writeFile(fresh, fontconfigXml(folder, join(home, 'cache')));
  await rename(fresh, file);
  process.env['FONTCONFIG_FILE'] = file;
}

function fontconfigXml(folder: string, cache: string): string {
  const edits = [['antialias', '<bool>false</bool>'], ['hinting', '<bool>true</bool>'], ['autohint', '<bool>false</bool>'], ['hintstyle', '<const>hintfull</const>']];
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>${escapeXml(folder)}</dir>
  <cachedir>${escapeXml(cache)}</cachedir>
  <config><rescan><int>0</int></rescan></config>
  <match target="font">${edits.map(([name, value]) => `<edit name="${name}" mode="assign">${value}</edit>`).join('')}</match>
</fontconfig>
`;
}
