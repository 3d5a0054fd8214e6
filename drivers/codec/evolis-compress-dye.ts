import type { EvolisLevels, RasterSize } from './evolis-geometry.ts';

/**
 * Compression of Y, M and C for `Dbc`, from the programming guide alone (no captured colour job is known): a byte with
 * its top bit clear is one dot; with its top bit set it is a value to repeat, the count following. Bits that the value
 * does not need add 256 each to the count: none at 128 levels, one at 64, two at 32. Count 0: the line's rest is blank.
 */
interface RunForm {
  readonly valueMask: number;
  readonly extensionBits: readonly number[];
  readonly longestRun: number;
}

const runForms: Readonly<Record<Exclude<EvolisLevels, 2>, RunForm>> = {
  32: { valueMask: 0x1f, extensionBits: [0x40, 0x20], longestRun: 767 },
  64: { valueMask: 0x3f, extensionBits: [0x40], longestRun: 511 },
  128: { valueMask: 0x7f, extensionBits: [], longestRun: 255 },
};

const repeat = 0x80;
const shortestRun = 3;

/** Compresses level numbers in printer lines, one byte a dot. */
export function compressDye(values: Uint8Array, size: RasterSize, levels: Exclude<EvolisLevels, 2>): Uint8Array {
  const form = runForms[levels];
  const out = new Uint8Array(size.lines * (size.dotsPerLine + 2));
  let at = 0;
  for (let start = 0; start < values.length; start += size.dotsPerLine) {
    at = compressLine(values.subarray(start, start + size.dotsPerLine), form, out, at);
  }
  return out.slice(0, at);
}

function compressLine(line: Uint8Array, form: RunForm, out: Uint8Array, from: number): number {
  let at = from;
  let used = line.length;
  while (used > 0 && line[used - 1] === 0) used -= 1;
  const end = line.length - used >= 2 ? used : line.length;
  for (let dot = 0; dot < end;) {
    const value = line[dot] ?? 0;
    let run = 1;
    while (run < form.longestRun && dot + run < end && line[dot + run] === value) run += 1;
    if (run < shortestRun) {
      out[at] = value;
      at += 1;
      dot += 1;
    } else {
      out[at] = repeat | value | extensionOf(form, run >> 8);
      out[at + 1] = run & 0xff;
      at += 2;
      dot += run;
    }
  }
  if (end < line.length) {
    out[at] = repeat;
    out[at + 1] = 0;
    at += 2;
  }
  return at;
}

function extensionOf(form: RunForm, timesTwoHundredFiftySix: number): number {
  return form.extensionBits.slice(0, timesTwoHundredFiftySix).reduce((bits, bit) => bits | bit, 0);
}

/** Level numbers in printer lines, or null when the data does not make up exactly the field. */
export function expandDye(data: Uint8Array, size: RasterSize, levels: Exclude<EvolisLevels, 2>): Uint8Array | null {
  const form = runForms[levels];
  const values = new Uint8Array(size.lines * size.dotsPerLine);
  let at = 0;
  for (let line = 0; line < size.lines; line += 1) {
    const end = (line + 1) * size.dotsPerLine;
    for (let dot = line * size.dotsPerLine; dot < end;) {
      const head = data[at];
      if (head === undefined) return null;
      const value = head & form.valueMask;
      if ((head & repeat) === 0) {
        if (head !== value) return null;
        values[dot] = value;
        dot += 1;
        at += 1;
        continue;
      }
      const count = runLength(form, head, data[at + 1]);
      at += 2;
      if (count === null || dot + count > end) return null;
      if (count > 0) values.fill(value, dot, dot + count);
      dot = count === 0 ? end : dot + count;
    }
  }
  return at === data.length ? values : null;
}

function runLength(form: RunForm, head: number, low: number | undefined): number | null {
  if (low === undefined) return null;
  return form.extensionBits.reduce((count, bit) => count + ((head & bit) === 0 ? 0 : 256), low);
}
