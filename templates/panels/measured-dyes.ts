import type { ColourTable } from '../schema/colour-table.ts';
import { readColourTable } from '../schema/read-colour-table.ts';
import { labOf, linear, type Triple } from './colour-space.ts';
import type { DyeConversion } from './dye-conversion.ts';
import { cubeNodes, throughCube, type DyeCube } from './dye-cube.ts';
import { PrintedColours } from './printed-colours.ts';

/** Dyes by what was measured of a printer. Throws `CFG-INVALID` for a file that is not there or is no measured table. */
export async function openMeasuredDyes(file: string): Promise<DyeConversion> {
  const table = await readColourTable(file);
  const cube = cubeOf(table);
  return { name: `table ${table.printer}, ${table.ribbon}, ${table.measured}`, convert: async ({ rgb }) => Promise.resolve(throughCube(rgb, cube)) };
}

/**
 * Turns what dyes look like around: for each node of a cube of sRGB colours, the dyes that look most like it. White is the bare card; a
 * colour that the ribbon cannot make becomes the nearest it can.
 */
export function cubeOf(table: ColourTable): DyeCube {
  const printed = new PrintedColours(table);
  const cube = new Float32Array(cubeNodes ** 3 * 3);
  const values = Array.from({ length: cubeNodes }, (_, node) => (node * 255) / (cubeNodes - 1));
  let at = 0;
  for (const red of values) for (const green of values) for (const blue of values) {
    cube.set(nearestDyes(printed, labOf([linear(red), linear(green), linear(blue)]), [255 - blue, 255 - green, 255 - red]), at);
    at += 3;
  }
  return cube;
}

const firstStep = 48;
const lastStep = 0.25;

/** Walks from a first guess (y m c) along the axes and their sum, in steps that halve, to where the colour differs least. */
function nearestDyes(printed: PrintedColours, wanted: Triple, guess: Triple): Triple {
  let best = guess;
  let least = printed.difference(wanted, ...best);
  for (let step = firstStep; step >= lastStep;) {
    let moved = false;
    for (const direction of directions) {
      const next = direction.map((part, dye) => Math.min(255, Math.max(0, (best[dye] ?? 0) + part * step))) as [number, number, number];
      const difference = printed.difference(wanted, ...next);
      if (difference >= least - 1e-9) continue;
      [best, least, moved] = [next, difference, true];
    }
    if (!moved) step /= 2;
  }
  return best;
}

/** One dye more or less, two against each other, and all together. */
const directions: readonly Triple[] = [
  [1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1],
  [1, -1, 0], [-1, 1, 0], [1, 0, -1], [-1, 0, 1], [0, 1, -1], [0, -1, 1], [1, 1, 1], [-1, -1, -1],
];
