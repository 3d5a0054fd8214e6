import { cardHeightPx, cardWidthPx, type Box, type CodeField, type HintedLabel, type PictureField, type TextField } from './compiled-template.ts';
import { templateFault } from './svg-tree.ts';

interface Placed {
  readonly texts: readonly TextField[];
  readonly pictures: readonly PictureField[];
  readonly codes: readonly CodeField[];
  readonly labels: readonly HintedLabel[];
  readonly holes: readonly Box[];
}

/** Whether two rectangles share area. */
export function overlaps(one: Box, other: Box): boolean {
  return one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;
}

/** Refuses fields outside the card, over a hole, over each other, or named twice. Throws `TPL-INVALID`. */
export function checkPlacement(placed: Placed, file: string): void {
  const fields = [...placed.texts, ...placed.pictures, ...placed.codes];
  for (const [index, { name, box }] of fields.entries()) {
    const inside = box.x >= 0 && box.y >= 0 && box.x + box.width <= cardWidthPx && box.y + box.height <= cardHeightPx;
    if (!inside) throw templateFault(file, `field ${name} reaches outside the card`);
    if (placed.holes.some((hole) => overlaps(hole, box))) throw templateFault(file, `field ${name} reaches over an area that must stay free`);
    for (const other of fields.slice(index + 1)) {
      if (other.name === name) throw templateFault(file, `field ${name} stands twice on one side`);
      if (overlaps(other.box, box)) throw templateFault(file, `fields ${name} and ${other.name} overlap`);
    }
  }
}
