import sharp from 'sharp';

/** A made-up company's logo. */
export interface DrawnLogo {
  readonly text: string;
  readonly ink: string;
  readonly ground: string;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Draws a logo as PNG: the name on a ground, three bars beside it. */
export async function drawLogo({ text, ink, ground, widthPx, heightPx }: DrawnLogo): Promise<Uint8Array> {
  const bars = [0, 1, 2].map((index) => `<rect x="${0.05 + index * 0.05}" y="${0.55 - index * 0.17}" width="0.035" height="${0.25 + index * 0.17}" fill="${ink}"/>`).join('');
  const label = `<text x="0.4" y="0.63" font-size="0.36" font-family="sans-serif" font-weight="bold" fill="${ink}">${text}</text>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}" viewBox="0 0 3 1" preserveAspectRatio="none"><rect width="3" height="1" fill="${ground}"/>${bars}${label}</svg>`;
  return sharp(Buffer.from(svg)).png({ compressionLevel: 9 }).toBuffer();
}
