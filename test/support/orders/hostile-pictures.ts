import { crc32, deflateSync, createDeflate } from 'node:zlib';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import sharp, { type Sharp } from 'sharp';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

/** One PNG chunk: length, type, data, CRC (PNG third edition, 5.3). */
export function pngChunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

function header(widthPx: number, heightPx: number, bitDepth: number, colourType: number): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(widthPx, 0);
  data.writeUInt32BE(heightPx, 4);
  data.set([bitDepth, colourType, 0, 0, 0], 8);
  return pngChunk('IHDR', data);
}

/** A whole, valid PNG of so many white pixels, one bit each: 200 MB of rows in some 200 kB for 40 000 x 40 000. */
export async function pngBomb(sidePx: number): Promise<Buffer> {
  const row = Buffer.alloc(1 + Math.ceil(sidePx / 8), 0xff).fill(0, 0, 1);
  const rows = Readable.from((function* () {
    for (let index = 0; index < sidePx; index += 100) yield Buffer.concat(Array.from({ length: Math.min(100, sidePx - index) }, () => row));
  })());
  const data = await buffer(rows.pipe(createDeflate({ level: 1 })));
  return Buffer.concat([SIGNATURE, header(sidePx, sidePx, 1, 0), pngChunk('IDAT', data), pngChunk('IEND', new Uint8Array())]);
}

/** A PNG with an `acTL` chunk: two frames. */
export function animatedPng(widthPx: number, heightPx: number): Buffer {
  const control = Buffer.alloc(8);
  control.writeUInt32BE(2, 0);
  const rows = Buffer.alloc((widthPx * 3 + 1) * heightPx, 0);
  return Buffer.concat([SIGNATURE, header(widthPx, heightPx, 8, 2), pngChunk('acTL', control), pngChunk('IDAT', deflateSync(rows)), pngChunk('IEND', new Uint8Array())]);
}

/** A plain picture with something to see in it, 24-bit. */
export function picture(widthPx: number, heightPx: number): Sharp {
  const pixels = Buffer.alloc(widthPx * heightPx * 3, 0).map((_, index) => (index * 7 + Math.floor(index / widthPx)) % 251);
  return sharp(pixels, { raw: { width: widthPx, height: heightPx, channels: 3 } });
}

/** An SVG logo that wants to read a file and to call home. */
export const svgWithReferences = Buffer.from(
  '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="708" height="236"><image xlink:href="http://127.0.0.1:9/logo.png" width="708" height="236"/><text>&x;</text></svg>',
);
