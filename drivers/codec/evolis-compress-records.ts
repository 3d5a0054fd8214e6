import type { RasterSize } from './evolis-geometry.ts';

const blankLine = 0x00;
const fullLine = 0xff;

/**
 * Compression of K and overlay for `Dbc`: one record a line of two-level packed dots. 00 is a blank line, FF a full one,
 * else n and the first n bytes, byte n being the last that is not zero. Byte for byte what the vendor's driver emits.
 */
export function compressRecords(packed: Uint8Array, size: RasterSize): Uint8Array {
  const lineBytes = size.dotsPerLine / 8;
  const out = new Uint8Array(size.lines * (lineBytes + 1));
  let at = 0;
  for (let start = 0; start < packed.length; start += lineBytes) {
    const line = packed.subarray(start, start + lineBytes);
    const used = usedBytes(line);
    if (used === 0) out[at] = blankLine;
    else if (line.every((byte) => byte === 0xff)) out[at] = fullLine;
    else {
      out[at] = used;
      out.set(line.subarray(0, used), at + 1);
      at += used;
    }
    at += 1;
  }
  return out.slice(0, at);
}

function usedBytes(line: Uint8Array): number {
  let used = line.length;
  while (used > 0 && line[used - 1] === 0) used -= 1;
  return used;
}

/** The packed lines of such records, or null when they do not make up exactly the field. */
export function expandRecords(records: Uint8Array, size: RasterSize): Uint8Array | null {
  const lineBytes = size.dotsPerLine / 8;
  const packed = new Uint8Array(size.lines * lineBytes);
  let at = 0;
  for (let line = 0; line < size.lines; line += 1) {
    const head = records[at];
    if (head === undefined) return null;
    at += 1;
    const start = line * lineBytes;
    if (head === fullLine) packed.fill(0xff, start, start + lineBytes);
    else if (head !== blankLine) {
      if (head > lineBytes || at + head > records.length) return null;
      packed.set(records.subarray(at, at + head), start);
      at += head;
    }
  }
  return at === records.length ? packed : null;
}
