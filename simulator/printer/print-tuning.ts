import type { Ink } from '../../drivers/contracts/card-image.ts';
import { rasterOfDots } from '../../drivers/contracts/card-raster.ts';

/** What a panel setting is counted for: dyes by their letter, K, and the overlay as `o`. */
export type TunedPanel = 'y' | 'm' | 'c' | 'k' | 'o';

/** How far a picture lies from where it should, in dots to the right and down. */
export interface PictureShift {
  readonly rightDots: number;
  readonly downDots: number;
}

/** Settings that change what a panel looks like on the card (printers.md 2.4: Pc, Pl, Px, Py). */
export interface PrintTuning extends PictureShift {
  readonly contrast: Readonly<Record<TunedPanel, number>>;
  readonly brightness: Readonly<Record<TunedPanel, number>>;
}

const factory = 10;
const allFactory = { y: factory, m: factory, c: factory, k: factory, o: factory } as const;
export const factoryTuning: PrintTuning = { contrast: allFactory, brightness: allFactory, rightDots: 0, downDots: 0 };

/**
 * A panel as it comes out on the card. How strongly a real printer follows contrast and brightness is not public: here contrast 1 to 20
 * scales a dye from 0,55 to 1,5 and brightness bends it, both leaving white white; K and overlay are burnt or not. `misplaced` is how
 * the machine itself is out of register. Pure.
 */
export function tunedPanel(dots: Uint8Array, ink: Ink, tuning: PrintTuning, misplaced: PictureShift): Uint8Array {
  const dyed = ink === 'k' || ink === 'overlay' ? dots : dyedBy(dots, tuning.contrast[ink], tuning.brightness[ink]);
  return shifted(dyed, { rightDots: tuning.rightDots + misplaced.rightDots, downDots: tuning.downDots + misplaced.downDots });
}

function dyedBy(dots: Uint8Array, contrast: number, brightness: number): Uint8Array {
  if (contrast === factory && brightness === factory) return dots;
  const within = (value: number): number => Math.min(20, Math.max(1, value));
  const [gain, bend] = [0.5 + within(contrast) / 20, 0.5 + within(brightness) / 20];
  const table = Uint8Array.from({ length: 256 }, (_, dye) => Math.min(255, Math.round(255 * (dye / 255) ** bend * gain)));
  return dots.map((dye) => table[dye] ?? 0);
}

/** Moves a picture; what leaves the card is lost, what it leaves behind is blank. */
function shifted(dots: Uint8Array, { rightDots, downDots }: PictureShift): Uint8Array {
  const raster = rasterOfDots(dots.length);
  if (raster === null || (rightDots === 0 && downDots === 0)) return dots;
  const { widthDots, heightDots } = raster;
  const out = new Uint8Array(dots.length);
  const kept = widthDots - Math.abs(rightDots);
  if (kept <= 0) return out;
  for (let row = Math.max(0, downDots); row < Math.min(heightDots, heightDots + downDots); row += 1) {
    const from = (row - downDots) * widthDots + Math.max(0, -rightDots);
    out.set(dots.subarray(from, from + kept), row * widthDots + Math.max(0, rightDots));
  }
  return out;
}
