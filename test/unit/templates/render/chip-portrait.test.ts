import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../../drivers/contracts/package-root.ts';
import { chipPortrait, specimenPortrait } from '../../../../templates/render/chip-portrait.ts';

describe('chipPortrait', () => {
  it('makes a small baseline JPEG of a photo, the same one each time', async () => {
    const photo = await readFile(join(packageRoot(), 'samples/batch/photos/ID06-10001.jpg'));
    const portrait = await chipPortrait(photo, undefined);
    const { format, width, height, channels, isProgressive } = await sharp(portrait.jpeg).metadata();
    expect([format, width, height, channels, isProgressive]).toEqual(['jpeg', 240, 320, 3, false]);
    expect(portrait.jpeg.length).toBeLessThanOrEqual(12_000);
    expect(Buffer.from((await chipPortrait(photo, undefined)).jpeg).equals(portrait.jpeg)).toBe(true);
  });

  it('fits noise too, and cuts where the order says', async () => {
    expect((await specimenPortrait()).jpeg.length).toBeLessThanOrEqual(12_000);
    const half = await sharp({ create: { width: 600, height: 800, channels: 3, background: '#ff0000' } }).composite([{ input: { create: { width: 300, height: 800, channels: 3, background: '#0000ff' } }, left: 300, top: 0 }]).png().toBuffer();
    const { data } = await sharp((await chipPortrait(half, { left: 300, top: 0, width: 300, height: 400 })).jpeg).raw().toBuffer({ resolveWithObject: true });
    expect((data[2] ?? 0) - (data[0] ?? 0)).toBeGreaterThan(200);
  });

  it.each([['no picture', Buffer.from('nonsense'), undefined], ['a crop outside', Buffer.from(''), { left: 0, top: 0, width: 9_999, height: 9_999 }]])('says so for %s', async (_name, bytes, crop) => {
    await expect(chipPortrait(bytes, crop)).rejects.toMatchObject({ code: 'PHO-UNREADABLE' });
  });
});
