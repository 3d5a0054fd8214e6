import type { SideImage } from '../../drivers/contracts/card-image.ts';
import { cardHeightPx, cardWidthPx, type Box } from '../compile/compiled-template.ts';
import type { DyeCurves } from './dye-curves.ts';

const dotCount = cardWidthPx * cardHeightPx;

/**
 * Separates one side for a YMCKO ribbon. Dye is the inverse of red, green and blue through the printer's curves; K comes from
 * the K layer alone, so that black hair never turns to resin, and no dye lies under it; varnish lies everywhere but in the holes.
 * `rgb` holds three bytes a dot, `k` one bit a dot.
 */
export function separate(rgb: Uint8Array, k: Uint8Array, holes: readonly Box[], curves: DyeCurves): SideImage {
  const [y, m, c] = [new Uint8Array(dotCount), new Uint8Array(dotCount), new Uint8Array(dotCount)];
  for (let index = 0; index < dotCount; index += 1) {
    if (k[index] === 1) continue;
    c[index] = curves.c[255 - (rgb[index * 3] ?? 255)] ?? 0;
    m[index] = curves.m[255 - (rgb[index * 3 + 1] ?? 255)] ?? 0;
    y[index] = curves.y[255 - (rgb[index * 3 + 2] ?? 255)] ?? 0;
  }
  return { widthDots: cardWidthPx, heightDots: cardHeightPx, y, m, c, k, overlay: overlayPanel(holes) };
}

/** The varnish panel: 1 everywhere but in the holes. */
export function overlayPanel(holes: readonly Box[]): Uint8Array {
  const overlay = new Uint8Array(dotCount).fill(1);
  for (const { x, y, width, height } of holes) {
    for (let row = Math.max(0, y); row < Math.min(cardHeightPx, y + height); row += 1) {
      overlay.fill(0, row * cardWidthPx + Math.max(0, x), row * cardWidthPx + Math.min(cardWidthPx, x + width));
    }
  }
  return overlay;
}

/** What a person sees of a side: the colours with the K marks in black, three bytes a dot. */
export function seenBySomeone(rgb: Uint8Array, k: Uint8Array): Uint8Array {
  const seen = Uint8Array.from(rgb);
  for (let index = 0; index < dotCount; index += 1) if (k[index] === 1) seen.fill(0, index * 3, index * 3 + 3);
  return seen;
}
