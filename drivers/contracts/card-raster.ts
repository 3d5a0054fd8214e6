/** How many dots a side of a card has on a printer: along the card's long side, and along its short side. */
export interface CardRaster {
  readonly widthDots: number;
  readonly heightDots: number;
}

/** Resolutions by their dots an inch along the long and the short side. */
export type Resolution = '300' | '600x300' | '600';

/**
 * The rasters that cards are drawn for. 300 dpi is proven by captured jobs (printers.md 2.5); the others follow from it: at 600 x 300
 * the head's dots stay and lines are twice as close, at 600 both are.
 */
export const cardRasters: Readonly<Record<Resolution, CardRaster>> = {
  '300': { widthDots: 1016, heightDots: 648 },
  '600x300': { widthDots: 2032, heightDots: 648 },
  '600': { widthDots: 2032, heightDots: 1296 },
};

const resolutions: readonly Resolution[] = ['300', '600x300', '600'];

/** The resolution of a raster, or null for a raster that no card is drawn for. */
export function resolutionOf({ widthDots, heightDots }: CardRaster): Resolution | null {
  return resolutions.find((name) => cardRasters[name].widthDots === widthDots && cardRasters[name].heightDots === heightDots) ?? null;
}

/** The raster of a panel with so many dots, or null: each raster has a number of its own. */
export function rasterOfDots(dots: number): CardRaster | null {
  const name = resolutions.find((one) => cardRasters[one].widthDots * cardRasters[one].heightDots === dots);
  return name === undefined ? null : cardRasters[name];
}
