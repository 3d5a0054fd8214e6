import type { ColourTable } from '../schema/colour-table.ts';
import { labOf, linear, type Triple } from './colour-space.ts';

/** Nodes of the lattice on each axis. */
const nodes = 33;
const leastLight = 1e-4;

/**
 * What dyes look like, between the patches that were measured: Lab against the bare card, on an even lattice of dye strengths. Densities
 * are interpolated, because dyes on each other add their densities.
 */
export class PrintedColours {
  readonly #lab = new Float64Array(nodes ** 3 * 3);

  constructor(table: ColourTable) {
    const densities = densitiesOf(table);
    const places = Array.from({ length: nodes }, (_, node) => placeOf((node * 255) / (nodes - 1), table.steps));
    let at = 0;
    for (const y of places) for (const m of places) for (const c of places) {
      const density = between(densities, table.steps.length, y, m, c);
      this.#lab.set(labOf([10 ** -density[0], 10 ** -density[1], 10 ** -density[2]]), at);
      at += 3;
    }
  }

  /** Squared difference (CIE 1976) between a wanted colour and what these dyes, 0 to 255, look like. */
  difference(wanted: Triple, y: number, m: number, c: number): number {
    const [atY, atM, atC] = [placeInLattice(y), placeInLattice(m), placeInLattice(c)];
    let sum = 0;
    for (let part = 0; part < 3; part += 1) {
      let seen = 0;
      for (let corner = 0; corner < 8; corner += 1) {
        const [up, over, along] = [corner >> 2, (corner >> 1) & 1, corner & 1];
        const weight = (up === 1 ? atY.share : 1 - atY.share) * (over === 1 ? atM.share : 1 - atM.share) * (along === 1 ? atC.share : 1 - atC.share);
        seen += weight * (this.#lab[(((atY.node + up) * nodes + atM.node + over) * nodes + atC.node + along) * 3 + part] ?? 0);
      }
      sum += (seen - (wanted[part] ?? 0)) ** 2;
    }
    return sum;
  }
}

interface Place {
  readonly node: number;
  readonly share: number;
}

function placeInLattice(strength: number): Place {
  const at = (strength * (nodes - 1)) / 255;
  const node = Math.min(nodes - 2, Math.floor(at));
  return { node, share: at - node };
}

function placeOf(strength: number, steps: readonly number[]): Place {
  const node = Math.min(steps.length - 2, Math.max(0, steps.findLastIndex((step) => step <= strength)));
  const [low, high] = [steps[node] ?? 0, steps[node + 1] ?? 255];
  return { node, share: (strength - low) / (high - low) };
}

/** Densities of the patches over the bare card, red green blue. */
function densitiesOf({ colours }: ColourTable): Float64Array {
  const [card = [255, 255, 255]] = colours;
  const white = card.map(linear);
  return Float64Array.from(colours.flatMap((colour) => colour.map((value, channel) => -Math.log10(Math.max(leastLight, Math.min(1, linear(value) / (white[channel] ?? 1)))))));
}

function between(densities: Float64Array, count: number, y: Place, m: Place, c: Place): Triple {
  const mixed: [number, number, number] = [0, 0, 0];
  for (let corner = 0; corner < 8; corner += 1) {
    const [up, over, along] = [corner >> 2, (corner >> 1) & 1, corner & 1];
    const weight = (up === 1 ? y.share : 1 - y.share) * (over === 1 ? m.share : 1 - m.share) * (along === 1 ? c.share : 1 - c.share);
    const at = (((y.node + up) * count + m.node + over) * count + c.node + along) * 3;
    for (let channel = 0; channel < 3; channel += 1) mixed[channel] = (mixed[channel] ?? 0) + weight * (densities[at + channel] ?? 0);
  }
  return mixed;
}
