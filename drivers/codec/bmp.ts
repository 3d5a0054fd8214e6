/** A picture as RGB, three bytes a dot, rows from the top. */
export interface RgbPicture {
  readonly widthDots: number;
  readonly heightDots: number;
  readonly rgb: Uint8Array;
}

const fileHeaderBytes = 14;
const infoHeaderBytes = 40;
const longestSideDots = 4096;
const pixelsPerMetre300Dpi = 11_811;

const rowBytes = (widthDots: number, bits: number): number => Math.ceil((widthDots * bits) / 32) * 4;

/** A picture as an uncompressed BMP of 24 bit, 300 dpi, rows from the bottom (the format's BITMAPINFOHEADER form). */
export function writeBmp({ widthDots, heightDots, rgb }: RgbPicture): Uint8Array {
  const row = rowBytes(widthDots, 24);
  const bytes = Buffer.alloc(fileHeaderBytes + infoHeaderBytes + row * heightDots);
  bytes.write('BM', 'latin1');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(fileHeaderBytes + infoHeaderBytes, 10);
  bytes.writeUInt32LE(infoHeaderBytes, 14);
  bytes.writeInt32LE(widthDots, 18);
  bytes.writeInt32LE(heightDots, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  bytes.writeUInt32LE(row * heightDots, 34);
  bytes.writeInt32LE(pixelsPerMetre300Dpi, 38);
  bytes.writeInt32LE(pixelsPerMetre300Dpi, 42);
  for (let y = 0; y < heightDots; y += 1) {
    let at = fileHeaderBytes + infoHeaderBytes + (heightDots - 1 - y) * row;
    for (let dot = y * widthDots * 3; dot < (y + 1) * widthDots * 3; dot += 3) {
      bytes[at] = rgb[dot + 2] ?? 0;
      bytes[at + 1] = rgb[dot + 1] ?? 0;
      bytes[at + 2] = rgb[dot] ?? 0;
      at += 3;
    }
  }
  return bytes;
}

interface BmpHead {
  readonly dataAt: number;
  readonly widthDots: number;
  readonly heightDots: number;
  readonly fromTop: boolean;
  readonly bits: number;
  /** Palette entries, blue green red and a spare byte each. */
  readonly palette: Uint8Array;
}

function readHead(bytes: Buffer): BmpHead | null {
  if (bytes.length < fileHeaderBytes + infoHeaderBytes || bytes.toString('latin1', 0, 2) !== 'BM') return null;
  const headBytes = bytes.readUInt32LE(14);
  const widthDots = bytes.readInt32LE(18);
  const height = bytes.readInt32LE(22);
  const bits = bytes.readUInt16LE(28);
  const heightDots = Math.abs(height);
  if (headBytes < infoHeaderBytes || headBytes > 124 || bytes.readUInt32LE(30) !== 0) return null;
  if (![1, 8, 24, 32].includes(bits) || widthDots < 1 || heightDots < 1 || widthDots > longestSideDots || heightDots > longestSideDots) return null;
  const dataAt = bytes.readUInt32LE(10);
  if (dataAt < fileHeaderBytes + headBytes || dataAt + rowBytes(widthDots, bits) * heightDots > bytes.length) return null;
  return { dataAt, widthDots, heightDots, fromTop: height < 0, bits, palette: bytes.subarray(fileHeaderBytes + headBytes, Math.min(dataAt, fileHeaderBytes + headBytes + 1024)) };
}

/** Reads an uncompressed BMP of 1, 8, 24 or 32 bit, at most 4096 dots a side; null when it is something else. */
export function readBmp(data: Uint8Array): RgbPicture | null {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.length);
  const head = readHead(bytes);
  if (head === null) return null;
  const { widthDots, heightDots, bits, palette } = head;
  const row = rowBytes(widthDots, bits);
  const rgb = new Uint8Array(widthDots * heightDots * 3);
  for (let y = 0; y < heightDots; y += 1) {
    const start = head.dataAt + (head.fromTop ? y : heightDots - 1 - y) * row;
    for (let x = 0; x < widthDots; x += 1) {
      const [source, at] = bits >= 24 ? [bytes, start + x * (bits / 8)] : [palette, 4 * paletteIndex(bytes, start, x, bits)];
      const to = (y * widthDots + x) * 3;
      rgb[to] = source[at + 2] ?? 0;
      rgb[to + 1] = source[at + 1] ?? 0;
      rgb[to + 2] = source[at] ?? 0;
    }
  }
  return { widthDots, heightDots, rgb };
}

function paletteIndex(bytes: Uint8Array, start: number, x: number, bits: number): number {
  if (bits === 8) return bytes[start + x] ?? 0;
  return ((bytes[start + (x >> 3)] ?? 0) >> (7 - (x & 7))) & 1;
}
