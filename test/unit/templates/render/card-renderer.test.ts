import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cardRasters } from '../../../../drivers/contracts/card-raster.ts';
import type { Finding } from '../../../../drivers/contracts/finding.ts';
import { compileTemplate } from '../../../../templates/compile/compile-template.ts';
import type { CompiledTemplate } from '../../../../templates/compile/compiled-template.ts';
import { openRenderer } from '../../../../templates/render/card-renderer.ts';
import { shippedSources } from '../../../support/templates/drawings.ts';
import { flatPhoto, openTestRenderer, patient, sampleFace, type RendererUnderTest } from '../../../support/templates/sample-faces.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../../../support/templates/render-once.ts', import.meta.url));
const codesOf = (findings: readonly Finding[]): readonly string[] => findings.map(({ code, field }) => `${code} ${field ?? ''}`);

// Drawing takes its time on a busy computer.
describe('card-renderer', { timeout: 60_000 }, () => {
  let subject: RendererUnderTest;
  let template: CompiledTemplate;
  beforeAll(async () => {
    subject = await openTestRenderer();
    template = compileTemplate(shippedSources());
  });
  afterAll(() => subject[Symbol.asyncDispose]());

  it('draws both sides as panels with a digest, and says which template and fonts they are of', async () => {
    const card = await subject.renderer.render(await sampleFace(), patient());
    const { front, back, digest } = card.image;
    expect([front.widthDots, front.heightDots, back?.widthDots]).toEqual([1016, 648, 1016]);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect([card.templateId, card.templateHash]).toEqual(['id06', template.sourceHash]);
    expect(card.fontHash).toMatch(/^[0-9a-f]{64}$/);
    expect(card.texts.front).toEqual(expect.arrayContaining(['Åsa', 'Öhrström', '559999-0115', 'BB-2611-000123', '2031-11-21', 'Org.nr']));
    expect(card.texts.back).toEqual(expect.arrayContaining(['BB-2611-000123', 'Box 1234', `id06 ${card.templateVersion}`]));
  });

  it('keeps K to one bit, lays no dye under it and varnish everywhere but over the chip', async () => {
    const { image } = await subject.renderer.render(await sampleFace(), patient());
    const none = new Uint8Array();
    const { y = none, m = none, c = none, k = none, overlay = none } = image.front;
    const faults = { grey: 0, dyeUnderK: 0, varnish: 0, inkInHole: 0 };
    const [hole = { x: 0, y: 0, width: 0, height: 0 }] = template.front.holes;
    for (let index = 0; index < k.length; index += 1) {
      const dye = (y[index] ?? 0) + (m[index] ?? 0) + (c[index] ?? 0);
      const [column, row] = [index % 1016, Math.floor(index / 1016)];
      const inHole = column >= hole.x && column < hole.x + hole.width && row >= hole.y && row < hole.y + hole.height;
      if (k[index] !== 0 && k[index] !== 1) faults.grey += 1;
      if (k[index] === 1 && dye > 0) faults.dyeUnderK += 1;
      if (overlay[index] !== (inHole ? 0 : 1)) faults.varnish += 1;
      if (inHole && (dye > 0 || k[index] === 1)) faults.inkInHole += 1;
    }
    expect(k.includes(1)).toBe(true);
    expect(faults).toEqual({ grey: 0, dyeUnderK: 0, varnish: 0, inkInHole: 0 });
  });

  it('never lets a black photo into K', async () => {
    const { image } = await subject.renderer.render(await sampleFace({ photo: await flatPhoto('#000000') }), patient());
    const { box } = template.front.pictures.find(({ name }) => name === 'photo') ?? { box: { x: 0, y: 0, width: 0, height: 0 } };
    for (let row = box.y; row < box.y + box.height; row += 1) {
      const [start, end] = [row * 1016 + box.x, row * 1016 + box.x + box.width];
      expect(image.front.k?.subarray(start, end).includes(1)).toBe(false);
      expect(image.front.y?.subarray(start, end).every((dye) => dye === 255)).toBe(true);
    }
  });

  it('prints a grey photo with three equal dyes', async () => {
    const photo = await sharp('samples/pictures/astronaut.png').greyscale().toColourspace('srgb').jpeg({ quality: 85 }).toBuffer();
    const { image: { front: { y = new Uint8Array(), m = new Uint8Array(), c = new Uint8Array() } } } = await subject.renderer.render(await sampleFace({ photo }), patient());
    const { box } = template.front.pictures.find(({ name }) => name === 'photo') ?? { box: { x: 0, y: 0, width: 0, height: 0 } };
    let [tinted, most] = [0, 0];
    for (let row = box.y; row < box.y + box.height; row += 1) {
      for (let at = row * 1016 + box.x; at < row * 1016 + box.x + box.width; at += 1) {
        if (y[at] !== m[at] || m[at] !== c[at]) tinted += 1;
        most = Math.max(most, y[at] ?? 0);
      }
    }
    expect(tinted).toBe(0);
    expect(most).toBeGreaterThan(200);
  });

  it('draws for a printer of 600 x 300 dpi: twice the dots across, codes that read back, and a picture in square dots', async () => {
    const renderer = await openRenderer({ cacheDir: subject.cacheDir, raster: cardRasters['600x300'] });
    const [wide, plain] = [await renderer.render(await sampleFace(), patient()), await subject.renderer.render(await sampleFace(), patient())];
    expect(wide.image.front).toMatchObject({ widthDots: 2032, heightDots: 648 });
    expect(wide.front).toMatchObject({ widthPx: 2032, heightPx: 1296 });
    const inkedShare = (k: Uint8Array | undefined): number => (k ?? new Uint8Array(1)).reduce((sum, dot) => sum + dot, 0) / (k?.length ?? 1);
    expect(inkedShare(wide.image.back?.k) / inkedShare(plain.image.back?.k)).toBeCloseTo(1, 1);
    expect(inkedShare(wide.image.front.overlay)).toBeCloseTo(inkedShare(plain.image.front.overlay), 5);
    const photoDot = 300 * 2032 + 1400;
    expect([wide.image.front.y?.[photoDot], wide.image.front.c?.[photoDot]]).toEqual([plain.image.front.y?.[300 * 1016 + 700], plain.image.front.c?.[300 * 1016 + 700]]);
  });

  it('prints a colour photo in grey when asked: the three dyes are equal', async () => {
    const { image } = await subject.renderer.render(await sampleFace({ greyPhoto: true, photo: await flatPhoto('#c04020') }), patient());
    const index = 300 * 1016 + 700;
    const dyes = [image.front.y?.[index], image.front.m?.[index], image.front.c?.[index]];
    expect(new Set(dyes).size).toBe(1);
    expect(dyes[0]).toBeGreaterThan(50);
  });

  it('gives the same digest for the same card, again and in a process of its own, and another for another card', async () => {
    const first = await subject.renderer.render(await sampleFace(), patient());
    const again = await subject.renderer.render(await sampleFace(), patient());
    const other = await subject.renderer.render(await sampleFace({}, { firstName: 'Asa' }), patient());
    const { stdout } = await run(process.execPath, ['--import', 'tsx', script, subject.cacheDir]);
    expect(again.image.digest).toBe(first.image.digest);
    expect(other.image.digest).not.toBe(first.image.digest);
    expect(stdout).toBe(first.image.digest);
  });

  it('refuses to start when the process already draws with other fonts', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'no-fonts-'));
    try {
      const empty = join(folder, 'fonts.conf');
      await writeFile(empty, '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig></fontconfig>');
      const env = { ...process.env, FONTCONFIG_FILE: empty };
      await expect(run(process.execPath, ['--import', 'tsx', script, folder, '--foreign-fonts'], { env })).rejects.toThrow(/TPL-FONT/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('finds everything wrong with a face at once, without drawing it', async () => {
    const face = await sampleFace({ codes: { cardNumber: 'Ö' } }, { firstName: ' ', lastName: 'W'.repeat(41), companyName: 'Bygg \u202EAB', nickname: 'x', returnAddress: 'a\nb\nc\nd\ne' });
    expect(codesOf(subject.renderer.check(face)).toSorted()).toEqual([
      'ORD-CHARACTERS cardNumber', 'ORD-CHARACTERS companyName', 'ORD-MISSING firstName', 'ORD-TEXT-TOO-LONG lastName', 'ORD-TEXT-TOO-LONG returnAddress', 'ORD-UNKNOWN-FIELD nickname',
    ]);
    expect(subject.renderer.check(await sampleFace())).toEqual([]);
    expect(codesOf(subject.renderer.check(await sampleFace({ templateId: 'nobody' })))).toEqual(['TPL-INVALID templateId']);
  });

  it('throws the first finding when such a face is drawn all the same', async () => {
    await expect(subject.renderer.render(await sampleFace({}, { lastName: 'W'.repeat(50) }), patient())).rejects.toMatchObject({ code: 'ORD-TEXT-TOO-LONG', detail: { field: 'lastName' } });
    await expect(subject.renderer.render(await sampleFace({ photo: new Uint8Array([1, 2, 3]) }), patient())).rejects.toMatchObject({ code: 'PHO-FORMAT' });
    await expect(subject.renderer.render(await sampleFace({ templateId: 'nobody' }), patient())).rejects.toMatchObject({ code: 'TPL-INVALID' });
  });

  it('says what is wrong with photo and logo', async () => {
    const face = await sampleFace({ photo: await flatPhoto('#fff', 200, 260), logo: await flatPhoto('#f00', 353, 118) });
    expect(codesOf(await subject.renderer.checkPictures(face))).toEqual(['PHO-TOO-SMALL photo', 'LOG-TOO-SMALL logo']);
    expect(await subject.renderer.checkPictures(await sampleFace({ logo: await flatPhoto('#f00', 354, 118) }))).toEqual([]);
  });

  it('ends at its time limit and when it is called off', async () => {
    const face = await sampleFace();
    await expect(subject.renderer.render(face, { signal: AbortSignal.abort(), timeoutMs: 1000 })).rejects.toMatchObject({ code: 'STA-ABORTED' });
    await expect(subject.renderer.render(face, { signal: new AbortController().signal, timeoutMs: 0 })).rejects.toMatchObject({ code: 'LNK-TIMEOUT' });
  });
});
