import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openConversion } from '../../../../templates/panels/open-conversion.ts';

/** The profile of an RGB device other than sRGB, which libvips brings along: Display P3. */
async function displayP3(): Promise<Buffer> {
  const file = await sharp(new Uint8Array(3), { raw: { width: 1, height: 1, channels: 3 } }).withIccProfile('p3').png().toBuffer();
  const { icc } = await sharp(file).metadata();
  if (icc === undefined) throw new Error('no profile');
  return icc;
}

describe('dyes through an ICC profile', () => {
  let folder: string;
  let profile: Buffer;
  const file = (): string => join(folder, 'printer.icc');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'icc-'));
    profile = await displayP3();
    await writeFile(file(), profile);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  // CSS Color 4 gives sRGB red, green and blue as Display P3: (0.9175 0.2003 0.1386), (0.4584 0.9853 0.2983), (0 0 0.9596).
  it('are the complement of the colours of the device, as published for this one', async () => {
    const { y, m, c } = await (await openConversion({ kind: 'icc', file: file() })).convert({ rgb: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255), widthDots: 3, heightDots: 1 });
    const device = [0, 1, 2].map((dot) => [255 - (c[dot] ?? 0), 255 - (m[dot] ?? 0), 255 - (y[dot] ?? 0)]);
    const published = [[0.9175, 0.2003, 0.1386], [0.4584, 0.9853, 0.2983], [0, 0, 0.9596]];
    for (const [dot, colour] of published.entries()) for (const [channel, part] of colour.entries()) expect(Math.abs(part * 255 - (device[dot]?.[channel] ?? 0))).toBeLessThanOrEqual(1.5);
  });

  it('keep grey equal and white without dye', async () => {
    const greys = [0, 17, 64, 128, 200, 254, 255];
    const { y, m, c } = await (await openConversion({ kind: 'icc', file: file() })).convert({ rgb: Uint8Array.from(greys.flatMap((grey) => [grey, grey, grey])), widthDots: greys.length, heightDots: 1 });
    for (const [dot, grey] of greys.entries()) {
      const dyes = [y[dot] ?? 0, m[dot] ?? 0, c[dot] ?? 0];
      expect(Math.max(...dyes) - Math.min(...dyes)).toBeLessThanOrEqual(1);
      expect(Math.abs(255 - grey - (dyes[0] ?? 0))).toBeLessThanOrEqual(1);
    }
    expect([y.at(-1), m.at(-1), c.at(-1)]).toEqual([0, 0, 0]);
  });

  it.each<[string, (good: Buffer) => Uint8Array, RegExp]>([
    ['a text', () => Buffer.from('this is no profile'), /no ICC profile/],
    ['a profile for CMYK', (good) => { const other = Buffer.from(good); other.write('CMYK', 16, 'latin1'); return other; }, /for CMYK/],
    ['a profile cut off', (good) => good.subarray(0, 300), /cut off/],
    ['a profile whose tables are spoilt', (good) => Buffer.concat([good.subarray(0, 200), Buffer.alloc(good.length - 200, 0x41)]), /cannot be used/],
  ])('refuse %s', async (_name, spoil, reason) => {
    const spoilt = join(folder, 'spoilt.icc');
    await writeFile(spoilt, spoil(profile));
    await expect(openConversion({ kind: 'icc', file: spoilt })).rejects.toMatchObject({ code: 'CFG-INVALID', detail: { field: `ICC profile ${spoilt}`, note: expect.stringMatching(reason) as string } });
  });

  it('refuse a file that is not there', async () => {
    await expect(openConversion({ kind: 'icc', file: join(folder, 'nowhere.icc') })).rejects.toMatchObject({ code: 'CFG-INVALID', detail: { note: 'cannot be read' } });
  });
});
