import { deflateSync, crc32 } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { cardRasters } from '../../../../drivers/contracts/card-raster.ts';
import { cardGrid } from '../../../../templates/compile/card-grid.ts';
import { preparePicture, type PreparedPicture, type RefusedPicture } from '../../../../templates/render/pictures.ts';
import { shippedManifest } from '../../../support/templates/drawings.ts';

const { pictures, limits } = shippedManifest();
const photoBox = { width: 336, height: 448 };
const logoBox = { width: 440, height: 136 };
/** Samples of the repository: a NASA portrait, public domain. */
const portrait = 'samples/pictures/astronaut.png';

const photo = (bytes: Uint8Array, more: { readonly crop?: { left: number; top: number; width: number; height: number }; readonly grey?: boolean; readonly sharpeningPercent?: number } = {}): Promise<PreparedPicture | RefusedPicture> =>
  preparePicture({ name: 'photo', bytes, box: photoBox, rules: pictures.photo, limits, ...more });
const logo = (bytes: Uint8Array): Promise<PreparedPicture | RefusedPicture> => preparePicture({ name: 'logo', bytes, box: logoBox, rules: pictures.logo, limits });

/** The colour of a dot of a prepared picture. */
function dot(picture: PreparedPicture | RefusedPicture, x: number, y: number): readonly number[] {
  if ('code' in picture) throw new Error(`${picture.code} ${picture.note}`);
  const at = (y * picture.widthPx + x) * 4;
  return [...picture.rgba.subarray(at, at + 4)];
}

const near = (found: readonly number[], wanted: readonly number[], by: number): boolean => found.every((value, index) => Math.abs(value - (wanted[index] ?? 0)) <= by);

/** A PNG of any declared size whose pixel data is a few bytes: a decompression bomb in shape. */
function bombPng(width: number, height: number): Uint8Array {
  const chunk = (type: string, data: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc(Math.ceil(width / 8 + 1) * Math.min(height, 64)));
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', new Uint8Array())]);
}

function crc(bytes: Uint8Array): number {
  return crc32(bytes);
}

/** Four quarters of colour: red green over blue white. */
async function quarters(width = 600, height = 800): Promise<Buffer> {
  const [w, h] = [width / 2, height / 2];
  const part = (background: string): Buffer => Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}"><rect width="${w}" height="${h}" fill="${background}"/></svg>`);
  return sharp({ create: { width, height, channels: 3, background: '#fff' } })
    .composite([{ input: part('#f00'), left: 0, top: 0 }, { input: part('#0f0'), left: w, top: 0 }, { input: part('#00f'), left: 0, top: h }])
    .removeAlpha().raw().toBuffer();
}

/** EXIF 2.3 table of Orientation: where the stored dot (row, column) is seen, for stored height and width. */
const seenAt: readonly ((r: number, c: number, h: number, w: number) => readonly [number, number])[] = [
  (r, c) => [r, c], (r, c, _h, w) => [r, w - 1 - c], (r, c, h, w) => [h - 1 - r, w - 1 - c], (r, c, h) => [h - 1 - r, c],
  (r, c) => [c, r], (r, c, h) => [c, h - 1 - r], (r, c, h, w) => [w - 1 - c, h - 1 - r], (r, c, _h, w) => [w - 1 - c, r],
];

// Drawing takes its time on a busy computer.
describe('pictures', { timeout: 60_000 }, () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('turns a photo of EXIF orientation %i upright', async (orientation) => {
    const upright = await quarters();
    const turned = orientation >= 5;
    const [width, height] = turned ? [800, 600] : [600, 800];
    const stored = Buffer.alloc(upright.length);
    for (let r = 0; r < height; r += 1) {
      for (let c = 0; c < width; c += 1) {
        const [row, column] = seenAt[orientation - 1]?.(r, c, height, width) ?? [0, 0];
        upright.copy(stored, (r * width + c) * 3, (row * 600 + column) * 3, (row * 600 + column) * 3 + 3);
      }
    }
    const file = await sharp(stored, { raw: { width, height, channels: 3 } }).withMetadata({ orientation }).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
    const prepared = await photo(file);
    expect(near(dot(prepared, 20, 20), [255, 0, 0, 255], 12)).toBe(true);
    expect(near(dot(prepared, 316, 20), [0, 255, 0, 255], 12)).toBe(true);
    expect(near(dot(prepared, 20, 428), [0, 0, 255, 255], 12)).toBe(true);
    expect(near(dot(prepared, 316, 428), [255, 255, 255, 255], 12)).toBe(true);
  });

  it('takes the crop from the upright picture, and refuses one outside it', async () => {
    const file = await sharp(await quarters(), { raw: { width: 600, height: 800, channels: 3 } }).png().toBuffer();
    expect(near(dot(await photo(file, { crop: { left: 300, top: 0, width: 300, height: 400 } }), 10, 10), [0, 255, 0, 255], 2)).toBe(true);
    expect(await photo(file, { crop: { left: 301, top: 0, width: 300, height: 400 } })).toMatchObject({ code: 'PHO-UNREADABLE', note: expect.stringContaining('crop') as string });
    expect(await photo(file, { crop: { left: 0.5, top: 0, width: 300, height: 400 } })).toMatchObject({ code: 'PHO-UNREADABLE' });
    expect(await photo(file, { crop: { left: 0, top: 0, width: 100, height: 133 } })).toMatchObject({ code: 'PHO-TOO-SMALL' });
  });

  it('brings CMYK, 16-bit, palette, grey and transparent photos to opaque 8-bit sRGB', async () => {
    const base = sharp({ create: { width: 600, height: 800, channels: 3, background: { r: 180, g: 120, b: 90 } } });
    const cmyk = await base.clone().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
    const deep = await base.clone().toColourspace('rgb16').png().toBuffer();
    const palette = await base.clone().png({ palette: true }).toBuffer();
    const grey = await sharp({ create: { width: 600, height: 800, channels: 3, background: '#808080' } }).toColourspace('b-w').png().toBuffer();
    const clear = await sharp({ create: { width: 600, height: 800, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } }).png().toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
    expect((await sharp(deep).metadata()).depth).toBe('ushort');
    expect((await sharp(grey).metadata()).channels).toBe(1);
    expect(near(dot(await photo(cmyk), 100, 100), [180, 120, 90, 255], 12)).toBe(true);
    expect(near(dot(await photo(deep), 100, 100), [180, 120, 90, 255], 1)).toBe(true);
    expect(near(dot(await photo(palette), 100, 100), [180, 120, 90, 255], 4)).toBe(true);
    expect(near(dot(await photo(grey), 100, 100), [128, 128, 128, 255], 1)).toBe(true);
    expect(dot(await photo(clear), 100, 100)).toEqual([255, 255, 255, 255]);
  });

  it('prints grey by luma of ITU-R BT.709', async () => {
    const green = await sharp({ create: { width: 600, height: 800, channels: 3, background: '#00ff00' } }).png().toBuffer();
    expect(dot(await photo(green, { grey: true }), 5, 5)).toEqual([182, 182, 182, 255]);
  });

  /** Mean difference of neighbouring dots across a prepared picture: how crisp its edges are. */
  function crispness(picture: PreparedPicture | RefusedPicture): number {
    if ('code' in picture) throw new Error(picture.code);
    let sum = 0;
    for (let at = 4; at < picture.rgba.length; at += 4) sum += Math.abs((picture.rgba[at + 1] ?? 0) - (picture.rgba[at - 3] ?? 0));
    return sum / (picture.rgba.length / 4);
  }

  it('sharpens a photo as the design asks, by the share that the printer needs, and never a logo', async () => {
    const soft = await sharp(portrait).png().toBuffer();
    const plain = await photo(soft, { sharpeningPercent: 0 });
    const [half, whole] = [crispness(await photo(soft, { sharpeningPercent: 50 })), crispness(await photo(soft))];
    expect(half).toBeGreaterThan(crispness(plain) * 1.01);
    expect(whole).toBeGreaterThan(half * 1.01);
    const drawn = await sharp(portrait).resize(880, 272, { fit: 'cover' }).png().toBuffer();
    const sharpened = await preparePicture({ name: 'logo', bytes: drawn, box: logoBox, rules: { ...pictures.logo, sharpen: { sigmaPx: 2, flat: 5, jagged: 9 } }, limits });
    expect(crispness(sharpened)).toBe(crispness(await logo(drawn)));
  });

  it('leaves a grey photo grey to the last dot, sharpened and through JPEG, and a colourful one its colours', async () => {
    const grey = await sharp(portrait).greyscale().toColourspace('srgb').jpeg({ quality: 80 }).toBuffer();
    const [prepared, colourful] = [await photo(grey), await photo(await sharp(portrait).png().toBuffer())];
    if ('code' in prepared || 'code' in colourful) throw new Error('refused');
    const coloured = (rgba: Uint8Array): number => rgba.filter((value, at) => at % 4 === 0 && (value !== rgba[at + 1] || value !== rgba[at + 2])).length;
    expect(coloured(prepared.rgba)).toBe(0);
    expect(crispness(prepared)).toBeGreaterThan(1);
    expect(coloured(colourful.rgba)).toBeGreaterThan(50_000);
  });

  it('prepares a photo for finer rasters: more dots of the same picture, in the shape of the dots', async () => {
    const file = await sharp(await quarters(1200, 1600), { raw: { width: 1200, height: 1600, channels: 3 } }).png().toBuffer();
    const fine = await preparePicture({ name: 'photo', bytes: file, box: photoBox, rules: pictures.photo, limits, grid: cardGrid(cardRasters['600']) });
    const wide = await preparePicture({ name: 'photo', bytes: file, box: photoBox, rules: pictures.photo, limits, grid: cardGrid(cardRasters['600x300']) });
    expect([fine, wide]).toMatchObject([{ widthPx: 672, heightPx: 896 }, { widthPx: 672, heightPx: 448 }]);
    for (const [picture, down] of [[fine, 2], [wide, 1]] as const) {
      expect(near(dot(picture, 40, 20 * down), [255, 0, 0, 255], 3)).toBe(true);
      expect(near(dot(picture, 632, 20 * down), [0, 255, 0, 255], 3)).toBe(true);
      expect(near(dot(picture, 40, 428 * down), [0, 0, 255, 255], 3)).toBe(true);
    }
  });

  it('keeps a logo whole and its transparency, at most as large as its box', async () => {
    const file = await sharp({ create: { width: 900, height: 300, channels: 4, background: { r: 200, g: 0, b: 0, alpha: 0.5 } } }).png().toBuffer();
    const prepared = await logo(file);
    expect(prepared).toMatchObject({ widthPx: 408, heightPx: 136 });
    expect(near(dot(prepared, 9, 9), [200, 0, 0, 128], 1)).toBe(true);
  });

  it('enlarges no logo beyond what the template allows', async () => {
    const file = await sharp({ create: { width: 354, height: 118, channels: 3, background: '#f00' } }).png().toBuffer();
    const prepared = await logo(file);
    expect('code' in prepared ? 0 : prepared.widthPx / 354).toBeLessThanOrEqual(1.3);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['text', Buffer.from('hello')],
    ['SVG with references outside', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="600" height="800"><image href="file:///etc/passwd"/></svg>')],
    ['a PDF', Buffer.from('%PDF-1.7')],
    ['HEIC', Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic\0\0\0\0mif1heic')])],
  ])('refuses %s as of a wrong format', async (_name, bytes) => {
    expect(await photo(bytes)).toMatchObject({ code: 'PHO-FORMAT' });
    expect(await logo(bytes)).toMatchObject({ code: 'LOG-FORMAT' });
  });

  it('refuses pictures of other kinds that sharp could read', async () => {
    const base = sharp({ create: { width: 600, height: 800, channels: 3, background: '#fff' } });
    const frames = await sharp({ create: { width: 600, height: 1600, channels: 3, background: '#fff', pageHeight: 800 } }).gif().toBuffer();
    for (const file of [await base.clone().webp().toBuffer(), await base.clone().avif().toBuffer(), await base.clone().tiff().toBuffer(), frames]) {
      expect(await photo(file)).toMatchObject({ code: 'PHO-FORMAT' });
    }
  });

  it('refuses a truncated, a damaged and an oversized file', async () => {
    const noise = await sharp({ create: { width: 600, height: 800, channels: 3, background: '#fff', noise: { type: 'gaussian', mean: 128, sigma: 60 } } }).jpeg().toBuffer();
    const png = await sharp({ create: { width: 600, height: 800, channels: 3, background: '#fff', noise: { type: 'gaussian', mean: 128, sigma: 60 } } }).png().toBuffer();
    const damaged = Buffer.from(png);
    damaged.fill(0x5a, 2000, 4000);
    expect(await photo(noise.subarray(0, noise.length / 2))).toMatchObject({ code: 'PHO-UNREADABLE' });
    expect(await photo(png.subarray(0, png.length / 2))).toMatchObject({ code: 'PHO-UNREADABLE' });
    expect(await photo(damaged)).toMatchObject({ code: 'PHO-UNREADABLE' });
    expect(await photo(Buffer.concat([noise, Buffer.alloc(limits.maxPictureBytes)]))).toMatchObject({ code: 'PHO-UNREADABLE', note: expect.stringContaining('bytes') as string });
  });

  it('refuses a picture bomb of 40 000 by 40 000 pixels at once', async () => {
    const started = performance.now();
    expect(await photo(bombPng(40_000, 40_000))).toMatchObject({ code: 'PHO-UNREADABLE' });
    expect(await logo(bombPng(40_000, 40_000))).toMatchObject({ code: 'LOG-UNREADABLE' });
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
