import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { defaultIntakeLimits } from '../../../../daemon/intake/intake-limits.ts';
import { readPicture, type PictureReading } from '../../../../daemon/intake/read-picture.ts';
import { animatedPng, picture, pngBomb, svgWithReferences } from '../../../support/orders/hostile-pictures.ts';

const read = (bytes: Uint8Array, role: 'photo' | 'logo' = 'photo'): Promise<PictureReading> => readPicture(bytes, role, defaultIntakeLimits);
const jpeg = (widthPx: number, heightPx: number): Promise<Buffer> => picture(widthPx, heightPx).jpeg().toBuffer();
const heic = Buffer.concat([Buffer.from('00000018', 'hex'), Buffer.from('ftypheic'), Buffer.alloc(100)]);

describe('a picture that is taken', () => {
  it('has its digest, kind and size measured', async () => {
    const bytes = await jpeg(492, 656);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(await read(bytes)).toEqual({ kind: 'read', facts: { sha256, mime: 'image/jpeg', width: 492, height: 656 } });
  });

  it.each([[1, 300, 500], [3, 300, 500], [6, 500, 300], [8, 500, 300]])('with EXIF orientation %i is measured upright: %i x %i', async (orientation, width, height) => {
    const bytes = await picture(300, 500).withMetadata({ orientation }).jpeg().toBuffer();
    expect(await read(bytes)).toMatchObject({ kind: 'read', facts: { width, height } });
  });

  it.each<[string, () => Promise<Buffer>, string]>([
    ['PNG', () => picture(300, 410).png().toBuffer(), 'image/png'],
    ['grey JPEG', () => picture(300, 410).greyscale().jpeg().toBuffer(), 'image/jpeg'],
    ['progressive JPEG', () => picture(300, 410).jpeg({ progressive: true }).toBuffer(), 'image/jpeg'],
    ['CMYK JPEG', () => picture(300, 410).toColourspace('cmyk').jpeg().toBuffer(), 'image/jpeg'],
    ['16-bit PNG', () => picture(300, 410).toColourspace('rgb16').png().toBuffer(), 'image/png'],
    ['PNG with transparency', () => picture(300, 410).ensureAlpha(0.5).png().toBuffer(), 'image/png'],
    ['interlaced palette PNG', () => picture(300, 410).png({ palette: true, progressive: true }).toBuffer(), 'image/png'],
  ])('%s', async (_name, make, mime) => {
    expect(await read(await make())).toMatchObject({ kind: 'read', facts: { mime, width: 300, height: 410 } });
  });
});

describe('a picture that is refused', () => {
  it.each<[string, () => Promise<Buffer> | Buffer, string, string]>([
    ['nothing', () => Buffer.alloc(0), 'PHO-UNREADABLE', 'LOG-UNREADABLE'],
    ['a text', () => Buffer.from('this is no picture'), 'PHO-FORMAT', 'LOG-FORMAT'],
    ['an SVG with references', () => svgWithReferences, 'PHO-FORMAT', 'LOG-FORMAT'],
    ['a HEIC', () => heic, 'PHO-FORMAT', 'LOG-FORMAT'],
    ['a GIF', () => picture(300, 410).gif().toBuffer(), 'PHO-FORMAT', 'LOG-FORMAT'],
    ['a WebP', () => picture(300, 410).webp().toBuffer(), 'PHO-FORMAT', 'LOG-FORMAT'],
    ['a TIFF', () => picture(300, 410).tiff().toBuffer(), 'PHO-FORMAT', 'LOG-FORMAT'],
    ['a PDF', () => Buffer.from('%PDF-1.7\n'), 'PHO-FORMAT', 'LOG-FORMAT'],
    ['an animated PNG', () => animatedPng(300, 410), 'PHO-FORMAT', 'LOG-FORMAT'],
    ['the first bytes of a JPEG', () => Buffer.from('ffd8ffe000104a464946', 'hex'), 'PHO-UNREADABLE', 'LOG-UNREADABLE'],
    ['a JPEG cut off', async () => (await jpeg(600, 800)).subarray(0, 40_000), 'PHO-UNREADABLE', 'LOG-UNREADABLE'],
    ['a PNG cut off', async () => { const bytes = await picture(600, 800).png().toBuffer(); return bytes.subarray(0, bytes.length >> 1); }, 'PHO-UNREADABLE', 'LOG-UNREADABLE'],
    ['a PNG with a bad length', () => Buffer.concat([Buffer.from('89504e470d0a1a0affffffff49484452', 'hex'), Buffer.alloc(50)]), 'PHO-UNREADABLE', 'LOG-UNREADABLE'],
  ])('%s', async (_name, make, photoCode, logoCode) => {
    const bytes = await make();
    expect(await read(bytes, 'photo')).toMatchObject({ kind: 'refused', code: photoCode });
    expect(await read(bytes, 'logo')).toMatchObject({ kind: 'refused', code: logoCode });
  });

  it('a JPEG with damage in its middle', async () => {
    const bytes = await jpeg(600, 800);
    bytes.fill(0xff, 30_000, 30_400);
    expect(await read(bytes)).toMatchObject({ kind: 'refused', code: 'PHO-UNREADABLE' });
  });

  it('a bomb of 40 000 x 40 000 pixels, quickly and without its memory', async () => {
    const bomb = await pngBomb(40_000);
    expect((await sharp(bomb, { limitInputPixels: false }).metadata()).width).toBe(40_000);
    const [before, start] = [process.memoryUsage().rss, performance.now()];
    const reading = await read(bomb);
    expect(performance.now() - start).toBeLessThan(1000);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
    expect(reading).toEqual({ kind: 'refused', code: 'FIL-TOO-LARGE', note: '40000 x 40000 pixels, at most 50000000 in all' });
  });

  it('a picture just over the bound, not one just under it', async () => {
    expect(await read(await pngBomb(7072))).toMatchObject({ kind: 'refused', code: 'FIL-TOO-LARGE' });
    expect(await read(await pngBomb(7071))).toMatchObject({ kind: 'read', facts: { width: 7071 } });
  });
});
