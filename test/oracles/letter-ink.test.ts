import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rgb } from 'pdf-lib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeActivationLetter } from '../../templates/letter/activation-letter.ts';
import { makeCardProof } from '../../templates/letter/card-proof.ts';
import { openPage } from '../../templates/letter/pdf-page.ts';
import { installFontconfig, readFonts, type Fonts } from '../../templates/render/fonts.ts';
import { sampleLetter } from '../support/templates/sample-letter.ts';

const run = promisify(execFile);
const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZÅÄÖabcdefghijklmnopqrstuvwxyzåäöéü0123456789ąćęłńśźżčėšųūžāēīļņģ&-.,:/'];
const dpi = 300;
const sizePt = 24;
const cell = { columns: 12, stepMm: 15 } as const;

/** What poppler makes of a file: what a printer would put on paper. */
describe('a PDF drawn by poppler', () => {
  let folder: string;
  let fonts: Fonts;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'letter-ink-'));
    await installFontconfig(folder);
    fonts = await readFonts();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function rasterise(pdf: Uint8Array, dotsPerInch: number): Promise<{ readonly data: Uint8Array; readonly width: number; readonly height: number }> {
    const file = join(folder, 'page.pdf');
    await writeFile(file, pdf);
    await run('pdftoppm', ['-r', String(dotsPerInch), '-png', '-gray', '-singlefile', file, join(folder, 'page')]);
    const { data, info } = await sharp(await readFile(join(folder, 'page.png'))).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height };
  }

  it.each([400, 600, 700] as const)('has the ink of every letter in weight %i', async (weight) => {
    const page = await openPage('ink', '2026-11-22', fonts, 'DEL-LETTER');
    const places = alphabet.map((letter, index) => ({ letter, xMm: 15 + (index % cell.columns) * cell.stepMm, yMm: 25 + Math.floor(index / cell.columns) * cell.stepMm }));
    for (const { letter, xMm, yMm } of places) page.write(letter, { xMm, yMm, widthMm: 14, sizePt, weight, colour: rgb(0, 0, 0) });
    const drawn = await rasterise(await page.save(), dpi);
    for (const { letter, xMm, yMm } of places) {
      const expected = await inkOf(letter, weight);
      const [left, top] = [xMm - 2, yMm - 11].map((mm) => Math.round((mm * dpi) / 25.4));
      const found = inkIn(drawn, left ?? 0, top ?? 0, Math.round((14 * dpi) / 25.4));
      expect(Math.abs(found - expected) / expected, `${letter} has ${found}, librsvg draws ${expected}`).toBeLessThan(0.05);
    }
  });

  it('reads as it was written', async () => {
    const file = join(folder, 'letter.pdf');
    await writeFile(file, (await makeActivationLetter(sampleLetter(), fonts)).pdf);
    const { stdout } = await run('pdftotext', ['-layout', file, '-']);
    for (const text of ['BB-2611-000123', 'Långa Ågatan 14 B', 'Kortnummer', 'Så aktiverar du kortet', 'How to activate the card']) expect(stdout).toContain(text);
    expect((await run('pdffonts', [file])).stdout.match(/SourceSans3-\w+-\d+ +CID TrueType +Identity-H +yes/g)?.length).toBe(3);
  });

  it('shows the address inside the window of the envelope', async () => {
    const { pdf } = await makeActivationLetter(sampleLetter(), fonts);
    const file = join(folder, 'window.pdf');
    await writeFile(file, pdf);
    const mm = (value: number): string => String(Math.round((value * 72) / 25.4));
    const window = ['-x', mm(107), '-y', mm(47), '-W', mm(84), '-H', mm(32), '-r', '72'];
    const { stdout } = await run('pdftotext', [...window, file, '-']);
    expect(stdout.split('\n').map((line) => line.trim()).filter((line) => line !== '')).toEqual([...sampleLetter().recipient]);
  });

  it('shows a proof at the size of a card, both sides stamped', async () => {
    const side = { widthPx: 1016, heightPx: 648, rgb: new Uint8Array(1016 * 648 * 3) };
    const pdf = await makeCardProof({ front: side, back: side, templateId: 'id06', templateVersion: '1.0.0' }, '2026-11-22', fonts);
    const { data, width } = await rasterise(pdf, 254);
    const rows = Array.from({ length: data.length / width }, (_, row) => data.subarray(row * width, (row + 1) * width));
    const frontRow = rows[Math.round(52 * 10)] ?? new Uint8Array();
    const dark = [...frontRow.keys()].filter((column) => (frontRow[column] ?? 255) < 60);
    expect(Math.abs(dark.length / 10 - 85.6)).toBeLessThan(0.4);
    const column = Math.round(105 * 10);
    const tall = rows.slice(480, 1100).filter((row) => (row[column - 400] ?? 255) < 60).length / 10;
    expect(Math.abs(tall - 53.98)).toBeLessThan(0.4);
    await writeFile(join(folder, 'proof.pdf'), pdf);
    const { stdout } = await run('pdftotext', [join(folder, 'proof.pdf'), '-']);
    expect(stdout).toContain('inte ett giltigt kort');
  });
});

/** The darkness of a letter as librsvg draws it at the same size: dots of full ink. */
async function inkOf(letter: string, weight: number): Promise<number> {
  const size = (sizePt * dpi) / 72;
  const escaped = letter.replace('&', '&amp;');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"><text x="30" y="140" font-family="Source Sans 3" font-weight="${weight}" font-size="${size}">${escaped}</text></svg>`;
  const { data, info } = await sharp(Buffer.from(svg)).flatten({ background: '#fff' }).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  return inkIn({ data, width: info.width }, 0, 0, 200);
}

function inkIn(picture: { readonly data: Uint8Array; readonly width: number }, left: number, top: number, size: number): number {
  let ink = 0;
  for (let row = top; row < top + size; row += 1) {
    for (let column = left; column < left + size; column += 1) ink += 255 - (picture.data[row * picture.width + column] ?? 255);
  }
  return Math.round(ink / 255);
}
