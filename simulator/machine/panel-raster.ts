import { rasterOfDots } from '../../drivers/contracts/card-raster.ts';

/** A panel with as many dots as a finer one of the same card; itself where it has them, or where either is no raster of a card. */
export function asFineAs(dots: Uint8Array, dotCount: number): Uint8Array {
  const [from, to] = [rasterOfDots(dots.length), rasterOfDots(dotCount)];
  if (from === null || to === null || dots.length === dotCount) return dots;
  const [across, down] = [from.widthDots / to.widthDots, from.heightDots / to.heightDots];
  const out = new Uint8Array(dotCount);
  for (let row = 0; row < to.heightDots; row += 1) {
    const start = Math.floor(row * down) * from.widthDots;
    for (let column = 0; column < to.widthDots; column += 1) out[row * to.widthDots + column] = dots[start + Math.floor(column * across)] ?? 0;
  }
  return out;
}
