import type { CardRaster } from '../../../drivers/contracts/card-raster.ts';

/** Colour in smooth slopes over a whole card, as a photo has them: three bytes a dot. */
export function slopes({ widthDots, heightDots }: CardRaster): Uint8Array {
  const rgb = new Uint8Array(widthDots * heightDots * 3);
  for (let dot = 0; dot < widthDots * heightDots; dot += 1) {
    const [x, y] = [(dot % widthDots) / (widthDots - 1), Math.floor(dot / widthDots) / (heightDots - 1)];
    rgb[dot * 3] = Math.round(x * 255);
    rgb[dot * 3 + 1] = Math.round(y * 255);
    rgb[dot * 3 + 2] = Math.round(127 + 127 * Math.sin(11.3 * x + 7.2 * y));
  }
  return rgb;
}
