import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { prepareZXingModule, readBarcodes, type ReaderOptions, type ReadResult } from 'zxing-wasm/reader';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { designGrid, type CardGrid } from '../compile/card-grid.ts';
import type { CodeRules } from '../schema/template-manifest.ts';

/** A code that must be found on a side, and what it must say. */
export interface ExpectedCode {
  readonly name: string;
  readonly kind: CodeRules['kind'];
  readonly content: string;
}

const formats = { qr: 'QRCode', code128: 'Code128' } as const;

/** One pixel, red green blue opacity, in a word of either byte order. */
const white = 0xffffffff;
const black = new Uint32Array(Uint8Array.of(0, 0, 0, 255).buffer)[0] ?? 0;

/** A K panel is black and white already, dark on light, and as large as it is printed. */
const reading: ReaderOptions = { formats: ['QRCode', 'Code128'], tryHarder: true, tryInvert: false, tryDownscale: false, binarizer: 'BoolCast', maxNumberOfSymbols: 8 };

/** Loads the bar code reader from its package; without this it would ask the network for its program. */
export async function prepareCodeReader(): Promise<void> {
  const path = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  const program = await readFile(path);
  await prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(program).buffer }, fireImmediately: true });
}

/**
 * Reads the codes back from the K panel as it will be printed. Throws `TPL-CODE-UNREADABLE` when one is missing, says
 * something else, or stands there unasked.
 */
export async function requireCodes(k: Uint8Array, expected: readonly ExpectedCode[], grid: CardGrid = designGrid): Promise<void> {
  const found = await readCodes(k, grid);
  for (const code of expected) {
    const matches = found.filter((one) => one.format === formats[code.kind] && one.text === code.content);
    if (matches.length !== 1) throw new StationFault('TPL-CODE-UNREADABLE', { field: code.name, data: { found: matches.length, readable: found.length } });
  }
  if (found.length !== expected.length) throw new StationFault('TPL-CODE-UNREADABLE', { data: { found: found.length, expected: expected.length } });
}

/** Reads what a scanner would see: rows are repeated where the dots are narrower than they are high. */
async function readCodes(k: Uint8Array, { widthDots, heightDots, across, down }: CardGrid): Promise<readonly ReadResult[]> {
  const repeat = across / down;
  const pixels = new Uint32Array(k.length * repeat).fill(white);
  for (let row = 0; row < heightDots * repeat; row += 1) {
    const from = Math.floor(row / repeat) * widthDots;
    for (let column = 0; column < widthDots; column += 1) if (k[from + column] === 1) pixels[row * widthDots + column] = black;
  }
  const picture = { data: new Uint8ClampedArray(pixels.buffer), width: widthDots, height: heightDots * repeat, colorSpace: 'srgb' } as const;
  const results = await readBarcodes(picture, reading);
  return results.filter((result) => result.isValid);
}
