import type { CardRaster } from '../contracts/card-raster.ts';

/** The printable field: lines follow the card's long side (printers.md 2.5: 300 dpi, 648 dots a line, 1016 lines). */
export interface RasterSize {
  readonly lines: number;
  readonly dotsPerLine: number;
}

export const evolis300Dpi: RasterSize = { lines: 1016, dotsPerLine: 648 };

/** The field of a printer whose upright picture has this raster: lines are its columns. */
export function rasterSize({ widthDots, heightDots }: CardRaster): RasterSize {
  return { lines: widthDots, dotsPerLine: heightDots };
}

/** Panels of the language, as the letter after `Db`. */
export type EvolisPanel = 'y' | 'm' | 'c' | 'k' | 'o';

export type EvolisLevels = 2 | 32 | 64 | 128;

const bitsOfLevels: Readonly<Record<EvolisLevels, number>> = { 2: 1, 32: 5, 64: 6, 128: 7 };

/** Bits a dot takes in a `Db` download. */
export function bitsPerDot(levels: EvolisLevels): number {
  return bitsOfLevels[levels];
}

/** Bytes of an uncompressed `Db` download: 82 296, 411 480, 493 776 or 576 072 at 300 dpi. */
export function packedLength(size: RasterSize, levels: EvolisLevels): number {
  return (size.lines * size.dotsPerLine * bitsPerDot(levels)) / 8;
}

export function isEvolisPanel(text: string): text is EvolisPanel {
  return text === 'y' || text === 'm' || text === 'c' || text === 'k' || text === 'o';
}

/** The levels a parameter names, or null. K and overlay exist at two levels only. */
export function parseLevels(panel: EvolisPanel, text: string): EvolisLevels | null {
  if (text === '2') return 2;
  if (panel === 'k' || panel === 'o') return null;
  if (text === '32') return 32;
  if (text === '64') return 64;
  return text === '128' ? 128 : null;
}
