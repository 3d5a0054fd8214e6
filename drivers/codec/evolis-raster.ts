import { bitsPerDot, packedLength, type EvolisLevels, type RasterSize } from './evolis-geometry.ts';

/**
 * Turns an upright landscape panel (rows from the top) into printer lines: line i is column i from the left, its first
 * dot lies at the bottom edge. One byte a dot on both sides; values are not touched.
 */
export function toLines(upright: Uint8Array, size: RasterSize): Uint8Array {
  const { lines, dotsPerLine } = size;
  const out = new Uint8Array(lines * dotsPerLine);
  for (let dot = 0; dot < dotsPerLine; dot += 1) {
    const row = (dotsPerLine - 1 - dot) * lines;
    for (let line = 0; line < lines; line += 1) out[line * dotsPerLine + dot] = upright[row + line] ?? 0;
  }
  return out;
}

/** The dots of a K or overlay panel as level numbers: anything but 0 is marked. */
export function toMarks(dots: Uint8Array): Uint8Array {
  const out = new Uint8Array(dots.length);
  for (let dot = 0; dot < dots.length; dot += 1) out[dot] = dots[dot] === 0 ? 0 : 1;
  return out;
}

/** The inverse of `toLines`. */
export function toUpright(inLines: Uint8Array, size: RasterSize): Uint8Array {
  const { lines, dotsPerLine } = size;
  const out = new Uint8Array(lines * dotsPerLine);
  for (let dot = 0; dot < dotsPerLine; dot += 1) {
    const row = (dotsPerLine - 1 - dot) * lines;
    for (let line = 0; line < lines; line += 1) out[row + line] = inLines[line * dotsPerLine + dot] ?? 0;
  }
  return out;
}

/** Dye strengths 0 to 255 as level numbers 0 to levels - 1, rounded to the nearest. */
export function toLevels(dye: Uint8Array, levels: EvolisLevels): Uint8Array {
  const table = Uint8Array.from({ length: 256 }, (_, value) => Math.round((value * (levels - 1)) / 255));
  return translate(dye, table);
}

/** Level numbers as dye strengths 0 to 255. */
export function fromLevels(values: Uint8Array, levels: EvolisLevels): Uint8Array {
  const table = Uint8Array.from({ length: 256 }, (_, value) => Math.round((Math.min(value, levels - 1) * 255) / (levels - 1)));
  return translate(values, table);
}

/** A plain loop: twice as fast as `map` over a panel's 658 368 dots. */
function translate(values: Uint8Array, table: Uint8Array): Uint8Array {
  const out = new Uint8Array(values.length);
  for (let dot = 0; dot < values.length; dot += 1) out[dot] = table[values[dot] ?? 0] ?? 0;
  return out;
}

/**
 * Packs level numbers without gaps for `Db`. Bit order inside a dot and a byte is most significant first: proven by
 * captured jobs for two levels, our assumption for more (printers.md 2.5).
 */
export function packDots(values: Uint8Array, levels: EvolisLevels): Uint8Array {
  const bits = bitsPerDot(levels);
  const packed = new Uint8Array(Math.ceil((values.length * bits) / 8));
  let pending = 0;
  let pendingBits = 0;
  let at = 0;
  for (const value of values) {
    pending = (pending << bits) | value;
    pendingBits += bits;
    if (pendingBits >= 8) {
      pendingBits -= 8;
      packed[at] = pending >> pendingBits;
      pending &= (1 << pendingBits) - 1;
      at += 1;
    }
  }
  if (pendingBits > 0) packed[at] = pending << (8 - pendingBits);
  return packed;
}

/** The level numbers of a `Db` download, or null when its length is not that of the field. */
export function unpackDots(packed: Uint8Array, size: RasterSize, levels: EvolisLevels): Uint8Array | null {
  if (packed.length !== packedLength(size, levels)) return null;
  const bits = bitsPerDot(levels);
  const values = new Uint8Array(size.lines * size.dotsPerLine);
  let pending = 0;
  let pendingBits = 0;
  let at = 0;
  for (const byte of packed) {
    pending = (pending << 8) | byte;
    pendingBits += 8;
    while (pendingBits >= bits) {
      pendingBits -= bits;
      values[at] = pending >> pendingBits;
      pending &= (1 << pendingBits) - 1;
      at += 1;
    }
  }
  return values;
}
