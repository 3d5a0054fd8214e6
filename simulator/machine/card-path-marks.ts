import type { Ink } from '../../drivers/contracts/card-image.ts';
import { asFineAs } from './panel-raster.ts';

export type Side = 'front' | 'back';

/**
 * What the printer has put on one side of a card, upright landscape, rows from the top. Dyes add up to at most 255;
 * K and overlay count how often a dot was marked (at most 255). `passes` counts printings of each ink: more than one
 * is a card that was printed over.
 */
export interface SideMarks {
  readonly dots: Readonly<Partial<Record<Ink, Uint8Array>>>;
  readonly passes: Readonly<Partial<Record<Ink, number>>>;
}

/** Texts of the magnetic tracks by their number. */
export type TrackTexts = Readonly<Partial<Record<1 | 2 | 3, string>>>;

export interface CardMarks {
  readonly front: SideMarks;
  readonly back: SideMarks;
  /** What was written on the magnetic stripe; absent until something was. */
  readonly tracks?: TrackTexts;
}

const blankSide: SideMarks = { dots: {}, passes: {} };
export const blankMarks: CardMarks = { front: blankSide, back: blankSide };

/**
 * One more printing of `ink` on a side. `dots` are 0 to 255 for dyes, 0 or 1 for K and overlay; what was printed at two resolutions
 * is kept in the finer. Pure.
 */
export function addMarks(marks: CardMarks, side: Side, ink: Ink, dots: Uint8Array): CardMarks {
  const before = marks[side];
  const there = before.dots[ink];
  const dotCount = Math.max(dots.length, there?.length ?? 0);
  const sum = new Uint8ClampedArray(asFineAs(dots, dotCount));
  const below = there === undefined ? null : asFineAs(there, dotCount);
  if (below !== null) for (let dot = 0; dot < dotCount; dot += 1) sum[dot] = (sum[dot] ?? 0) + (below[dot] ?? 0);
  return {
    ...marks,
    [side]: {
      dots: { ...before.dots, [ink]: new Uint8Array(sum.buffer) },
      passes: { ...before.passes, [ink]: (before.passes[ink] ?? 0) + 1 },
    },
  };
}
