import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shippedDesigns } from '../../../../templates/compile/read-template.ts';
import { approveDesign, inspectDesign } from '../../../../templates/render/approve-design.ts';
import { openRenderer } from '../../../../templates/render/card-renderer.ts';

// Drawing takes its time on a busy computer.
describe('approve-design', { timeout: 60_000 }, () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'approve-'));
    await cp(shippedDesigns(), join(folder, 'designs'), { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  // The golden picture of each side: when this fails, look at the pictures and follow templates/designs/README.md.
  it('draws the shipped design as it was approved, dot for dot', async () => {
    const state = await inspectDesign(shippedDesigns(), 'id06', join(folder, 'out'), folder);
    expect(state.changed).toEqual([]);
    expect(await sharp(join(folder, 'out', 'id06-front.png')).metadata()).toMatchObject({ width: 1016, height: 648 });
    expect((await sharp(join(folder, 'out', 'id06-back.png')).stats()).isOpaque).toBe(true);
  });

  it('tells what a change touches, keeps it out of production, and lets it in once approved', async () => {
    const designs = join(folder, 'designs');
    const drawing = join(designs, 'id06', 'back.svg');
    await writeFile(drawing, (await readFile(drawing, 'utf8')).replace('Upphittat kort skickas till', 'Hittat kort skickas till'));
    const state = await inspectDesign(designs, 'id06', join(folder, 'out'), folder);
    expect(state.changed).toEqual(['sources', 'back']);
    await expect(openRenderer({ cacheDir: folder, designsDir: designs })).rejects.toMatchObject({ code: 'TPL-INVALID' });
    const before = await readFile(join(designs, 'id06', 'template.json'), 'utf8');
    await approveDesign(designs, state);
    const after = await readFile(join(designs, 'id06', 'template.json'), 'utf8');
    expect(after.split('\n').filter((line, index) => line !== before.split('\n')[index]).length).toBe(2);
    expect((await openRenderer({ cacheDir: folder, designsDir: designs })).templates).toEqual([{ id: 'id06', version: state.version, hash: state.drawn.sources }]);
  });

  it.each([
    ['black art in the colour layer', '<g id="layer-colour">', '<g id="layer-colour"><rect x="500" y="620" width="20" height="20" fill="#050505"/>', /black dots/],
    ['art over the chip', '<g id="layer-k">', '<g id="layer-k"><rect x="150" y="250" width="9" height="9"/>', /must stay free/],
    ['a label outside the card', '<g id="layer-k">', '<g id="layer-k"><text data-hinted="true" x="990" y="50" font-family="Source Sans 3" font-size="22">Kortnummer</text>', /outside the card/],
  ])('refuses %s, which only the drawn dots show', async (_name, from, to, reason) => {
    const drawing = join(folder, 'designs', 'id06', 'front.svg');
    const svg = await readFile(drawing, 'utf8');
    const at = from.includes('colour') ? svg.replace(/(<rect id="photo")/, `${to.replace(from, '')}$1`) : svg.replace(from, to);
    await writeFile(drawing, at);
    await expect(inspectDesign(join(folder, 'designs'), 'id06', join(folder, 'out'), folder)).rejects.toThrow(reason);
  });
});
