import { clearWhite, type DyePanels } from './dye-conversion.ts';

/** Nodes of a cube on each of its axes, red slowest: at 0, 255/16, ... 255. */
export const cubeNodes = 17;

/** Dyes at the nodes of a colour cube: y m c, 0 to 255, for each node. */
export type DyeCube = Float32Array;

const across = [cubeNodes * cubeNodes * 3, cubeNodes * 3, 3] as const;

/** For a channel's value: the offset of the node below it by axis, and how far it lies towards the next. */
const below = Uint8Array.from({ length: 256 }, (_, value) => Math.min(cubeNodes - 2, Math.floor((value * (cubeNodes - 1)) / 255)));
const beyond = Float32Array.from({ length: 256 }, (_, value) => (value * (cubeNodes - 1)) / 255 - (below[value] ?? 0));

/**
 * Looks colours up between the nodes of a cube by tetrahedra: the way from the darkest corner to the lightest goes along the axes in the
 * order of their shares, so that greys come from grey nodes alone.
 */
export function throughCube(rgb: Uint8Array, cube: DyeCube): DyePanels {
  const dots = rgb.length / 3;
  const panels: DyePanels = { y: new Uint8Array(dots), m: new Uint8Array(dots), c: new Uint8Array(dots) };
  for (let dot = 0; dot < dots; dot += 1) lookUp(rgb, dot, cube, panels);
  clearWhite(rgb, panels);
  return panels;
}

function lookUp(rgb: Uint8Array, dot: number, cube: DyeCube, { y, m, c }: DyePanels): void {
  const [red, green, blue] = [rgb[dot * 3] ?? 0, rgb[dot * 3 + 1] ?? 0, rgb[dot * 3 + 2] ?? 0];
  const [r, g, b] = [beyond[red] ?? 0, beyond[green] ?? 0, beyond[blue] ?? 0];
  const start = (below[red] ?? 0) * across[0] + (below[green] ?? 0) * across[1] + (below[blue] ?? 0) * across[2];
  const [most, middle, least] = r >= g ? (g >= b ? [0, 1, 2] : r >= b ? [0, 2, 1] : [2, 0, 1]) : r >= b ? [1, 0, 2] : g >= b ? [1, 2, 0] : [2, 1, 0];
  const share = [r, g, b];
  const [first, second, third] = [share[most ?? 0] ?? 0, share[middle ?? 0] ?? 0, share[least ?? 0] ?? 0];
  const one = start + (across[most ?? 0] ?? 0);
  const two = one + (across[middle ?? 0] ?? 0);
  const end = start + across[0] + across[1] + across[2];
  const [w0, w1, w2] = [1 - first, first - second, second - third];
  y[dot] = Math.round(w0 * (cube[start] ?? 0) + w1 * (cube[one] ?? 0) + w2 * (cube[two] ?? 0) + third * (cube[end] ?? 0));
  m[dot] = Math.round(w0 * (cube[start + 1] ?? 0) + w1 * (cube[one + 1] ?? 0) + w2 * (cube[two + 1] ?? 0) + third * (cube[end + 1] ?? 0));
  c[dot] = Math.round(w0 * (cube[start + 2] ?? 0) + w1 * (cube[one + 2] ?? 0) + w2 * (cube[two + 2] ?? 0) + third * (cube[end + 2] ?? 0));
}
