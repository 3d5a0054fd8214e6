import type { SideImage } from '../../drivers/contracts/card-image.ts';
import { designGrid, type CardGrid } from '../compile/card-grid.ts';
import type { Box } from '../compile/compiled-template.ts';
import type { ColourTable } from '../schema/colour-table.ts';

/** Strengths of each dye on the chart: 216 patches, which fill one card at 4,6 mm a patch. */
export const chartSteps: readonly number[] = [0, 51, 102, 153, 204, 255];

const patchPx = 54;
const columns = 18;
const leftPx = 22;

/** Where a patch lies, in units of the design; patches are counted as in a colour table, left to right and down. */
export function patchBox(patch: number): Box {
  return { x: leftPx + (patch % columns) * patchPx, y: Math.floor(patch / columns) * patchPx, width: patchPx, height: patchPx };
}

/** The chart to be printed and measured: dyes as they are, through no conversion. */
export function chartSide(grid: CardGrid = designGrid): SideImage {
  const { widthDots, heightDots, dotCount, across, down } = grid;
  const [y, m, c] = [new Uint8Array(dotCount), new Uint8Array(dotCount), new Uint8Array(dotCount)];
  const count = chartSteps.length;
  for (let patch = 0; patch < count ** 3; patch += 1) {
    const dyes = [y, m, c] as const;
    const steps = [Math.floor(patch / count ** 2), Math.floor(patch / count) % count, patch % count];
    const box = patchBox(patch);
    for (let row = box.y * down; row < (box.y + box.height) * down; row += 1) {
      const [start, end] = [row * widthDots + box.x * across, row * widthDots + (box.x + box.width) * across];
      for (const [index, dye] of dyes.entries()) dye.fill(chartSteps[steps[index] ?? 0] ?? 0, start, end);
    }
  }
  return { widthDots, heightDots, y, m, c, overlay: new Uint8Array(dotCount).fill(1) };
}

/**
 * Reads the middle of each patch from a picture of the printed chart (sRGB, three bytes a dot, upright, the whole card), as a scanner
 * sees it.
 */
export function measureChart(rgb: Uint8Array, { widthDots, across, down }: CardGrid = designGrid): ColourTable['colours'] {
  return Array.from({ length: chartSteps.length ** 3 }, (_, patch) => {
    const { x, y, width, height } = patchBox(patch);
    const sum: [number, number, number] = [0, 0, 0];
    let dots = 0;
    for (let row = (y + height / 4) * down; row < (y + (height * 3) / 4) * down; row += 1) {
      for (let column = (x + width / 4) * across; column < (x + (width * 3) / 4) * across; column += 1) {
        const at = (Math.floor(row) * widthDots + Math.floor(column)) * 3;
        for (let channel = 0; channel < 3; channel += 1) sum[channel] = (sum[channel] ?? 0) + (rgb[at + channel] ?? 0);
        dots += 1;
      }
    }
    return sum.map((total) => Math.round((total / dots) * 10) / 10) as [number, number, number];
  });
}
