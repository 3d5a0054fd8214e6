import { bitsPerDot, packedLength, type EvolisLevels, type RasterSize } from './evolis-geometry.ts';

/** Dots are turned in strips of so many lines: what is read and what is written then stay in the processor's cache. */
const stripLines = 64;

/**
 * Turns an upright landscape panel (rows from the top) into printer lines: line i is column i from the left, its first
 * dot lies at the bottom edge. One byte a dot on both sides; `values` is what each byte becomes, itself when absent.
 */
export function toLines(upright: Uint8Array, { lines, dotsPerLine }: RasterSize, values: Uint8Array = sameValues): Uint8Array {
  const out = new Uint8Array(lines * dotsPerLine);
  for (let first = 0; first < lines; first += stripLines) {
    const last = Math.min(first + stripLines, lines);
    for (let dot = 0; dot < dotsPerLine; dot += 1) {
      const row = (dotsPerLine - 1 - dot) * lines;
      let to = first * dotsPerLine + dot;
      for (let from = row + first; from < row + last; from += 1) {
        out[to] = values[upright[from] ?? 0] ?? 0;
        to += dotsPerLine;
      }
    }
  }
  return out;
}

/** The inverse of `toLines`. */
export function toUpright(inLines: Uint8Array, { lines, dotsPerLine }: RasterSize, values: Uint8Array = sameValues): Uint8Array {
  const out = new Uint8Array(lines * dotsPerLine);
  for (let first = 0; first < lines; first += stripLines) {
    const last = Math.min(first + stripLines, lines);
    for (let dot = 0; dot < dotsPerLine; dot += 1) {
      const row = (dotsPerLine - 1 - dot) * lines;
      let from = first * dotsPerLine + dot;
      for (let to = row + first; to < row + last; to += 1) {
        out[to] = values[inLines[from] ?? 0] ?? 0;
        from += dotsPerLine;
      }
    }
  }
  return out;
}

const sameValues = Uint8Array.from({ length: 256 }, (_, value) => value);

/** The dots of a K or overlay panel as level numbers: anything but 0 is marked. */
export const markValues: Uint8Array = Uint8Array.from({ length: 256 }, (_, value) => (value === 0 ? 0 : 1));

/** Dye strengths 0 to 255 as level numbers 0 to levels - 1, rounded to the nearest. */
export function levelValues(levels: EvolisLevels): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, value) => Math.round((value * (levels - 1)) / 255));
}

/** Level numbers as dye strengths 0 to 255. */
export function dyeValues(levels: EvolisLevels): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, value) => Math.round((Math.min(value, levels - 1) * 255) / (levels - 1)));
}

/**
 * Packs level numbers without gaps for `Db`. Bit order inside a dot and a byte is most significant first: proven by
 * captured jobs for two levels, our assumption for more (printers.md 2.5).
 */
export function packDots(values: Uint8Array, levels: EvolisLevels): Uint8Array {
  if (levels === 2 && values.length % 8 === 0) return packBits(values);
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

function packBits(values: Uint8Array): Uint8Array {
  const packed = new Uint8Array(values.length / 8);
  for (let at = 0, dot = 0; at < packed.length; at += 1, dot += 8) {
    let byte = 0;
    for (let bit = 0; bit < 8; bit += 1) byte = (byte << 1) | (values[dot + bit] ?? 0);
    packed[at] = byte;
  }
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
