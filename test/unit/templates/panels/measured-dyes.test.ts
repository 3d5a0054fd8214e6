import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { madeUpDyes } from '../../../../simulator/printer/dye-model.ts';
import { composeSide } from '../../../../simulator/printer/card-picture.ts';
import { labOf, linear } from '../../../../templates/panels/colour-space.ts';
import { straightDyes, type DyeConversion, type DyePanels } from '../../../../templates/panels/dye-conversion.ts';
import { openConversion } from '../../../../templates/panels/open-conversion.ts';
import type { ColourTable } from '../../../../templates/schema/colour-table.ts';
import { measureMadeUpRibbon } from '../../../support/templates/printed-chart.ts';
import { slopes } from '../../../support/templates/slopes.ts';

const card = { widthDots: 1016, heightDots: 648 } as const;

/** The mean difference (CIE 1976) of two pictures over a grid of dots. */
function meanDifference(wanted: Uint8Array, seen: Uint8Array): number {
  const lab = (rgb: Uint8Array, at: number): readonly number[] => labOf([linear(rgb[at] ?? 0), linear(rgb[at + 1] ?? 0), linear(rgb[at + 2] ?? 0)]);
  let [sum, count] = [0, 0];
  for (let at = 0; at < wanted.length; at += 3 * 997) {
    const [one, other] = [lab(wanted, at), lab(seen, at)];
    sum += Math.hypot(...one.map((part, index) => part - (other[index] ?? 0)));
    count += 1;
  }
  return sum / count;
}

const printedWith = (dyes: DyePanels): Uint8Array => composeSide({ dots: { ...dyes }, passes: {} }, madeUpDyes);

describe('dyes by a measured table', { timeout: 60_000 }, () => {
  let folder: string;
  let table: ColourTable;
  let measured: DyeConversion;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'colour-'));
    table = measureMadeUpRibbon();
    await writeFile(join(folder, 'table.json'), JSON.stringify(table));
    measured = await openConversion({ kind: 'table', file: join(folder, 'table.json') });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** One dot printed with the made-up dyes: what is seen. */
  async function seen(conversion: DyeConversion, colour: readonly [number, number, number]): Promise<readonly number[]> {
    const { y, m, c } = await conversion.convert({ rgb: Uint8Array.from(colour), widthDots: 1, heightDots: 1 });
    const rgb = new Uint8Array(3);
    madeUpDyes.colour(y[0] ?? 0, m[0] ?? 0, c[0] ?? 0, rgb, 0);
    return [...rgb];
  }

  it.each([
    ['skin', [224, 172, 140]],
    ['dark skin', [110, 74, 56]],
    ['the blue of a logo', [60, 90, 150]],
    ['a dull green', [96, 130, 84]],
    ['a pale yellow', [240, 225, 160]],
  ] as const)('print %s as it was drawn, nearer than dyes as complements do', async (_name, colour) => {
    const [right, wrong] = [await seen(measured, colour), await seen(straightDyes, colour)];
    const away = (found: readonly number[]): number => Math.max(...colour.map((value, channel) => Math.abs(value - (found[channel] ?? 0))));
    expect(away(right)).toBeLessThanOrEqual(5);
    expect(away(wrong)).toBeGreaterThan(away(right));
  });

  it.each([60, 100, 128, 180, 220, 250])('print grey %i neutral', async (grey) => {
    const [red = 0, green = 0, blue = 0] = await seen(measured, [grey, grey, grey]);
    expect(Math.max(red, green, blue) - Math.min(red, green, blue)).toBeLessThanOrEqual(4);
    expect(Math.abs(green - grey)).toBeLessThanOrEqual(5);
  });

  it('leave white without dye, and give black all they have', async () => {
    const rgb = Uint8Array.of(255, 255, 255, 0, 0, 0);
    const { y, m, c } = await measured.convert({ rgb, widthDots: 2, heightDots: 1 });
    expect([y[0], m[0], c[0]]).toEqual([0, 0, 0]);
    expect(Math.min(y[1] ?? 0, m[1] ?? 0, c[1] ?? 0)).toBeGreaterThan(200);
  });

  it('come nearer over the whole of a colourful picture, also where the ribbon cannot follow', async () => {
    const rgb = slopes(card);
    const right = meanDifference(rgb, printedWith(await measured.convert({ rgb, ...card })));
    const wrong = meanDifference(rgb, printedWith(await straightDyes.convert({ rgb, ...card })));
    expect(right).toBeLessThan(wrong * 0.6);
  });

  it('is what the sample table holds', async () => {
    expect(JSON.parse(await readFile('samples/colour/made-up-ribbon.json', 'utf8'))).toEqual(table);
  });

  it.each<[string, (good: ColourTable) => unknown, RegExp]>([
    ['no table at all', () => [], /expected object/],
    ['steps that fall', (good) => ({ ...good, steps: [0, 102, 51, 153, 204, 255] }), /rise from 0 to 255/],
    ['a patch too few', (good) => ({ ...good, colours: good.colours.slice(1) }), /every combination/],
    ['a colour outside', (good) => ({ ...good, colours: [[255, 255, 256], ...good.colours.slice(1)] }), /<=255/],
    ['a dark card', (good) => ({ ...good, colours: [[30, 30, 30], ...good.colours.slice(1)] }), /bare card/],
    ['a card without dyes', (good) => ({ ...good, colours: good.colours.map(() => [250, 250, 250]) }), /take light/],
    ['a field of nobody', (good) => ({ ...good, ribon: 'x' }), /ribon/],
  ])('refuses %s', async (_name, spoil, reason) => {
    const file = join(folder, 'spoilt.json');
    await writeFile(file, JSON.stringify(spoil(table)));
    await expect(openConversion({ kind: 'table', file })).rejects.toMatchObject({ code: 'CFG-INVALID', detail: { field: `colour table ${file}`, note: expect.stringMatching(reason) as string } });
  });

  it('refuses a file that is not there, and one that is no JSON', async () => {
    await expect(openConversion({ kind: 'table', file: join(folder, 'nowhere.json') })).rejects.toMatchObject({ code: 'CFG-INVALID' });
    await writeFile(join(folder, 'text.json'), 'y,m,c');
    await expect(openConversion({ kind: 'table', file: join(folder, 'text.json') })).rejects.toMatchObject({ code: 'CFG-INVALID', detail: { note: 'is not JSON' } });
  });
});
