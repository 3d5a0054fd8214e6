import { mkdtemp, rm, cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawProbe, requireFonts } from '../../../../templates/render/font-probe.ts';
import { faceOf, fontStyles, installFontconfig, readFonts } from '../../../../templates/render/fonts.ts';

const shipped = join(dirname(createRequire(import.meta.url).resolve('source-sans/package.json')), 'TTF');

describe('font-probe', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fonts-'));
    await installFontconfig(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('accepts the shipped fonts', async () => {
    await expect(requireFonts()).resolves.toBeUndefined();
  });

  it('draws every weight differently', async () => {
    const drawn = await Promise.all([...fontStyles.keys()].map((weight) => drawProbe(weight)));
    expect(new Set(drawn).size).toBe(fontStyles.size);
  });

  it('refuses a weight that is drawn otherwise than recorded', async () => {
    const wrong = new Map([...fontStyles.keys()].map((weight) => [weight, '0'.repeat(64)] as const));
    await expect(requireFonts(wrong)).rejects.toMatchObject({ code: 'TPL-FONT' });
  });

  it('refuses a font file that is missing, or is no font', async () => {
    const copy = join(folder, 'copy');
    await cp(shipped, copy, { recursive: true });
    expect((await readFonts(copy)).hash).toBe((await readFonts()).hash);
    await rm(join(copy, 'SourceSans3-Semibold.ttf'));
    await expect(readFonts(copy)).rejects.toMatchObject({ code: 'TPL-FONT' });
    await cp(join(shipped, '..', 'package.json'), join(copy, 'SourceSans3-Semibold.ttf'));
    await expect(readFonts(copy)).rejects.toMatchObject({ code: 'TPL-FONT' });
  });

  it('knows no other weight', async () => {
    const fonts = await readFonts();
    expect(() => faceOf({ ...fonts, faces: new Map() }, 400)).toThrow(/TPL-FONT/);
  });
});
