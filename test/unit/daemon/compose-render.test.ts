import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { renderOrders, type RenderOutcome } from '../../../daemon/compose-render.ts';
import { systemClock } from '../../../drivers/contracts/clock.ts';

const samples = fileURLToPath(new URL('../../../samples', import.meta.url));

// Drawing takes its time on a busy computer.
describe('compose-render', { timeout: 60_000 }, () => {
  let outDir: string;
  beforeEach(async () => { outDir = await mkdtemp(join(tmpdir(), 'render-')); });
  afterEach(() => rm(outDir, { recursive: true, force: true }));

  const render = (...paths: readonly string[]): Promise<readonly RenderOutcome[]> =>
    renderOrders({ paths, outDir, profilesDir: join(samples, 'profiles'), returnAddress: ['Kortverk', 'Box 1234'], clock: { ...systemClock, now: () => Date.UTC(2026, 10, 22, 9) }, signal: new AbortController().signal });

  it('writes sides, panels and proof of one order into the folder, the same a second time', async () => {
    const [first] = await render(join(samples, 'batch', 'ID06-10001.json'));
    const [again] = await render(join(samples, 'batch', 'ID06-10001.json'));
    expect(first).toMatchObject({ orderId: 'ID06-10001', folder: outDir, template: 'id06 1.1.0', findings: [] });
    const inks = ['y', 'm', 'c', 'k', 'overlay'];
    const panels = ['front', 'back'].flatMap((side) => inks.map((ink) => `${side}-${ink}.png`));
    expect(first?.files.toSorted()).toEqual(['front.png', 'back.png', 'proof.pdf', ...panels].toSorted());
    expect(again?.digest).toBe(first?.digest);
    for (const file of first?.files.filter((name) => name.endsWith('.png')) ?? []) {
      expect(await sharp(join(outDir, file)).metadata()).toMatchObject({ width: 1016, height: 648, channels: file.includes('-') ? 1 : 3 });
    }
    const k = await sharp(join(outDir, 'front-k.png')).raw().toBuffer();
    expect(new Set(k)).toEqual(new Set([0, 255]));
    expect((await readFile(join(outDir, 'proof.pdf'))).subarray(0, 5).toString('latin1')).toBe('%PDF-');
  });

  it('gives several orders a folder each, and goes on past a bad one', async () => {
    const broken = join(outDir, 'broken.json');
    await writeFile(broken, '{ not json');
    const outcomes = await render(join(samples, 'batch', 'ID06-10001.json'), broken, join(samples, 'batch', 'ID06-10003.json'));
    const drawn = outcomes.filter(({ findings }) => findings.length === 0);
    expect(drawn.map(({ folder }) => folder)).toEqual([join(outDir, 'ID06-10001'), join(outDir, 'ID06-10003')]);
    const bad = outcomes.filter(({ findings }) => findings.length > 0);
    expect(bad.map(({ file }) => file)).toEqual([broken]);
    expect(bad[0]?.findings[0]?.code).toMatch(/^(ORD|FIL)-/);
  });

  it('says what keeps an order from being drawn', async () => {
    const order: unknown = JSON.parse(await readFile(join(samples, 'batch', 'ID06-10003.json'), 'utf8'));
    const holder = { ...Object(Object(order).holder), lastName: 'Wachtmeister-'.repeat(4) };
    const photo = { data: (await sharp({ create: { width: 600, height: 800, channels: 3, background: '#ccc' } }).jpeg().toBuffer()).toString('base64') };
    const file = join(outDir, 'long.json');
    await writeFile(file, JSON.stringify({ ...Object(order), holder, photo }));
    const [outcome] = await render(file);
    expect(outcome).toMatchObject({ folder: null, files: [], digest: null, findings: [{ code: 'ORD-TEXT-TOO-LONG', field: 'lastName' }] });
  });
});
