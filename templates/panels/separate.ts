import type { SideImage } from '../../drivers/contracts/card-image.ts';
import { designGrid, onGrid, type CardGrid } from '../compile/card-grid.ts';
import type { Box } from '../compile/compiled-template.ts';
import type { DyePanels } from './dye-conversion.ts';

/**
 * Puts one side together for a YMCKO ribbon. K comes from the K layer alone, so that black hair never turns to resin, and no dye lies
 * under it: the dyes given are changed. `k` holds one bit a dot, `overlay` where varnish lies.
 */
export function separate({ y, m, c }: DyePanels, k: Uint8Array, overlay: Uint8Array, grid: CardGrid = designGrid): SideImage {
  for (let index = 0; index < k.length; index += 1) {
    if (k[index] !== 1) continue;
    c[index] = 0;
    m[index] = 0;
    y[index] = 0;
  }
  return { widthDots: grid.widthDots, heightDots: grid.heightDots, y, m, c, k, overlay };
}

/** The varnish panel: 1 everywhere but in the holes (in units of the design) and where a pattern is left out of it. */
export function overlayPanel(holes: readonly Box[], grid: CardGrid = designGrid, pattern?: Uint8Array): Uint8Array {
  const { widthDots, heightDots } = grid;
  const overlay = new Uint8Array(grid.dotCount).fill(1);
  for (const hole of holes) {
    const { x, y, width, height } = onGrid(hole, grid);
    for (let row = Math.max(0, y); row < Math.min(heightDots, y + height); row += 1) {
      overlay.fill(0, row * widthDots + Math.max(0, x), row * widthDots + Math.min(widthDots, x + width));
    }
  }
  if (pattern !== undefined) for (let index = 0; index < overlay.length; index += 1) if (pattern[index] === 1) overlay[index] = 0;
  return overlay;
}

/** What a person sees of a side: the colours with the K marks in black, three bytes a dot. */
export function seenBySomeone(rgb: Uint8Array, k: Uint8Array): Uint8Array {
  const seen = Uint8Array.from(rgb);
  for (let index = 0; index < k.length; index += 1) {
    if (k[index] !== 1) continue;
    seen[index * 3] = 0;
    seen[index * 3 + 1] = 0;
    seen[index * 3 + 2] = 0;
  }
  return seen;
}
