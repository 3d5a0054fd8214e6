/** What the first bytes of a file say it is. */
export type PictureFormat = 'image/jpeg' | 'image/png' | 'empty' | 'an animated PNG' | 'a GIF' | 'a WebP' | 'a HEIC or AVIF' | 'a TIFF' | 'a BMP' | 'a PDF' | 'an SVG' | 'no known picture';

const PNG_SIGNATURE = '89504e470d0a1a0a';

/** Tells a format by its signature (the formats' own specifications); the name of the file plays no part. */
export function pictureFormat(bytes: Uint8Array): PictureFormat {
  if (bytes.length === 0) return 'empty';
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024));
  const hex = head.toString('hex', 0, 16);
  const ascii = head.toString('latin1');
  if (hex.startsWith('ffd8ff')) return 'image/jpeg';
  if (hex.startsWith(PNG_SIGNATURE)) return isAnimated(bytes) ? 'an animated PNG' : 'image/png';
  if (/^GIF8[79]a/.test(ascii)) return 'a GIF';
  if (/^RIFF.{4}WEBP/s.test(ascii)) return 'a WebP';
  if (/^.{4}ftyp/s.test(ascii)) return 'a HEIC or AVIF';
  if (hex.startsWith('49492a00') || hex.startsWith('4d4d002a')) return 'a TIFF';
  if (ascii.startsWith('BM')) return 'a BMP';
  if (ascii.startsWith('%PDF')) return 'a PDF';
  return /<(?:svg|\?xml|!DOCTYPE)/i.test(ascii) ? 'an SVG' : 'no known picture';
}

/** An animated PNG has an `acTL` chunk before its first `IDAT` (PNG third edition, 11.3.6.1). */
function isAnimated(bytes: Uint8Array): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 8; at + 8 <= view.length; ) {
    const type = view.toString('latin1', at + 4, at + 8);
    if (type === 'acTL') return true;
    if (type === 'IDAT') return false;
    at += 12 + view.readUInt32BE(at);
  }
  return false;
}
