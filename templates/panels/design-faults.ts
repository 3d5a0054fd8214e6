import { designGrid, type CardGrid } from '../compile/card-grid.ts';
import type { Box } from '../compile/compiled-template.ts';

/** Nearly black, as printer drivers extract it (up to 25 of 255). */
const blackLimit = 25;

/** Counts dots of a colour layer that are (nearly) black: composite black belongs into the K layer, a designer's mistake. */
export function countBlack(rgb: Uint8Array): number {
  let count = 0;
  for (let index = 0; index < rgb.length / 3; index += 1) {
    const black = (rgb[index * 3] ?? 255) <= blackLimit && (rgb[index * 3 + 1] ?? 255) <= blackLimit && (rgb[index * 3 + 2] ?? 255) <= blackLimit;
    if (black) count += 1;
  }
  return count;
}

/** Whether anything is printed inside an area of dots: a colour other than white, or K. */
export function isInked(rgb: Uint8Array, k: Uint8Array, area: Box, { widthDots }: CardGrid = designGrid): boolean {
  for (let y = area.y; y < area.y + area.height; y += 1) {
    const [start, end] = [y * widthDots + area.x, y * widthDots + area.x + area.width];
    if (k.subarray(start, end).includes(1) || rgb.subarray(start * 3, end * 3).some((value) => value !== 255)) return true;
  }
  return false;
}
