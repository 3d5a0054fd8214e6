import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CardImage } from '../../../../../drivers/contracts/card-image.ts';
import { cardRasters, type CardRaster } from '../../../../../drivers/contracts/card-raster.ts';
import { changeRibbon } from '../../../../../simulator/machine/card-path-person.ts';
import { newRibbon } from '../../../../../simulator/machine/card-path-ribbon.ts';
import type { CardMarks } from '../../../../../simulator/machine/card-path-marks.ts';
import { composeSide, rasterOfSide } from '../../../../../simulator/printer/card-picture.ts';
import { cardGrid } from '../../../../../templates/compile/card-grid.ts';
import { complement } from '../../../../../templates/panels/dye-conversion.ts';
import { overlayPanel, seenBySomeone, separate } from '../../../../../templates/panels/separate.ts';
import { openRenderer } from '../../../../../templates/render/card-renderer.ts';
import { openEspfSubject } from '../../../../support/simulated-espf.ts';
import { openMagicardSubject } from '../../../../support/simulated-magicard.ts';
import { openEvolisSubject, patient, type PrinterSubject } from '../../../../support/simulated-printer.ts';
import { sampleFace } from '../../../../support/templates/sample-faces.ts';
import { slopes } from '../../../../support/templates/slopes.ts';

/** K in blocks, on any raster. */
function blocks({ widthDots, heightDots }: CardRaster): Uint8Array {
  return Uint8Array.from({ length: widthDots * heightDots }, (_, dot) => ((Math.floor((dot % widthDots) / 37) + Math.floor(dot / widthDots / 37)) % 3 === 0 ? 1 : 0));
}

/** Prints a card and gives what is on it. */
async function printed(subject: PrinterSubject, image: CardImage): Promise<CardMarks> {
  subject.holder.update((path) => changeRibbon(path, newRibbon('ymcko', 10)));
  if ((await subject.printer.describe(patient())).stations.length > 0) await subject.printer.feed('contactless', patient());
  // A picture of 600 dpi takes its time on a busy computer.
  await subject.printer.print(image, { ...patient(), timeoutMs: 60_000 });
  const marks = subject.holder.path.inside?.marks ?? subject.left[0]?.marks;
  if (marks === undefined) throw new Error('no card was printed');
  return marks;
}

/** Mean difference of two pictures, 0 to 255. */
function meanDifference(wanted: Uint8Array, seen: Uint8Array): number {
  let difference = 0;
  for (let at = 0; at < wanted.length; at += 1) difference += Math.abs((wanted[at] ?? 0) - (seen[at] ?? 0));
  return difference / wanted.length;
}

describe('the printed card is the rendered one, after panels, levels, compression and decoding', () => {
  test.each<[string, CardRaster, () => Promise<PrinterSubject>]>([
    ['on the escape language', cardRasters['300'], openEvolisSubject],
    ['on the escape language at 600 dpi', cardRasters['600'], async () => openEvolisSubject({ model: 'avansia' })],
    ['through the service', cardRasters['300'], openEspfSubject],
    ['through the service at 600 x 300 dpi', cardRasters['600x300'], async () => openEspfSubject({ resolution: '600x300' })],
    ['on a Magicard', cardRasters['300'], openMagicardSubject],
  ])('%s: mean difference under 2 of 255', async (_name, raster, open) => {
    await using subject = await open();
    const grid = cardGrid(raster);
    const rgb = slopes(raster);
    const k = blocks(raster);
    const wanted = seenBySomeone(rgb, k);
    const { front } = await printed(subject, { front: separate(complement(rgb), k, overlayPanel([], grid), grid), digest: '' });
    expect(await subject.printer.describe(patient())).toMatchObject(raster);
    expect(rasterOfSide(front)).toEqual(raster);
    const mean = meanDifference(wanted, composeSide(front));
    expect(mean).toBeGreaterThan(0);
    expect(mean).toBeLessThan(2);
  }, 60_000);

  test('a whole card drawn for 600 dpi comes out as it was drawn, dot for dot in K', async () => {
    const cacheDir = await mkdtemp(join(tmpdir(), 'renderer-'));
    try {
      const renderer = await openRenderer({ cacheDir, raster: cardRasters['600'] });
      const card = await renderer.render(await sampleFace(), { ...patient(), timeoutMs: 60_000 });
      await using subject = await openEvolisSubject({ model: 'avansia' });
      const { front, back } = await printed(subject, card.image);
      expect(Buffer.compare(front.dots.k ?? new Uint8Array(), card.image.front.k ?? new Uint8Array(1))).toBe(0);
      expect(Buffer.compare(back.dots.k ?? new Uint8Array(), card.image.back?.k ?? new Uint8Array(1))).toBe(0);
      expect(meanDifference(card.front.rgb, composeSide(front))).toBeLessThan(2);
    } finally {
      await rm(cacheDir, { recursive: true, force: true });
    }
  }, 60_000);

  test('a card drawn for another raster is refused before anything moves', async () => {
    await using subject = await openEvolisSubject({ model: 'avansia' });
    const grid = cardGrid(cardRasters['300']);
    const rgb = slopes(grid);
    await expect(printed(subject, { front: separate(complement(rgb), blocks(grid), overlayPanel([])), digest: '' })).rejects.toMatchObject({ code: 'PRN-CAPABILITY' });
    expect(subject.holder.path.counters.panelsPrinted).toBe(0);
  });
});
