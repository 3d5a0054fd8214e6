import { cardRasters, resolutionOf, type CardRaster } from '../../drivers/contracts/card-raster.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { cardHeightPx, cardWidthPx, type Box } from './compiled-template.ts';

/** The raster that cards are drawn on, and how many of its dots one unit of a design (1/300 inch) is across and down. */
export interface CardGrid extends CardRaster {
  readonly across: number;
  readonly down: number;
  readonly dotCount: number;
}

/** The grid of a printer's raster. Throws `PRN-CAPABILITY` for one that no card is drawn for. */
export function cardGrid(raster: CardRaster): CardGrid {
  const { widthDots, heightDots } = raster;
  if (resolutionOf(raster) === null) throw new StationFault('PRN-CAPABILITY', { note: `no card is drawn at ${String(widthDots)} x ${String(heightDots)} dots` });
  return { widthDots, heightDots, across: widthDots / cardWidthPx, down: heightDots / cardHeightPx, dotCount: widthDots * heightDots };
}

/** One dot a unit: 300 dpi. */
export const designGrid: CardGrid = cardGrid(cardRasters['300']);

/** A box of a design in dots of a grid. */
export function onGrid({ x, y, width, height }: Box, { across, down }: CardGrid): Box {
  return { x: x * across, y: y * down, width: width * across, height: height * down };
}
