import { deflateSync, inflateSync } from 'node:zlib';
import type { Ink } from '../../drivers/contracts/card-image.ts';
import type { CardMarks, SideMarks } from './card-path-marks.ts';
import type { CardPath, CardInside } from './card-path.ts';

interface SideSnapshot {
  /** Per ink: the dots, deflated, base64. */
  readonly dots: Readonly<Partial<Record<Ink, string>>>;
  readonly passes: SideMarks['passes'];
}

/** A path as JSON. */
export type PathSnapshot<Card> = Omit<CardPath<Card>, 'inside'> & {
  readonly inside: (Omit<CardInside<Card>, 'marks'> & { readonly marks: { readonly front: SideSnapshot; readonly back: SideSnapshot; readonly tracks?: CardMarks['tracks'] } }) | null;
};

const packedDots = new WeakMap<Uint8Array, string>();

/** Marks never change once made, so each panel is deflated once however often the path is kept. */
function pack(dots: Uint8Array): string {
  const known = packedDots.get(dots);
  if (known !== undefined) return known;
  const packed = deflateSync(dots, { level: 1 }).toString('base64');
  packedDots.set(dots, packed);
  return packed;
}

const inks: readonly Ink[] = ['y', 'm', 'c', 'k', 'overlay'];

function packSide(side: SideMarks): SideSnapshot {
  const dots: Partial<Record<Ink, string>> = {};
  for (const ink of inks) if (side.dots[ink] !== undefined) dots[ink] = pack(side.dots[ink]);
  return { dots, passes: side.passes };
}

function unpackSide(side: SideSnapshot): SideMarks {
  const dots: Partial<Record<Ink, Uint8Array>> = {};
  for (const ink of inks) if (side.dots[ink] !== undefined) dots[ink] = new Uint8Array(inflateSync(Buffer.from(side.dots[ink], 'base64')));
  return { dots, passes: side.passes };
}

/** The path as a value for `JSON.stringify`. */
export function snapshotPath<Card>(path: CardPath<Card>): PathSnapshot<Card> {
  const { inside } = path;
  if (inside === null) return { ...path, inside: null };
  return { ...path, inside: { ...inside, marks: { ...inside.marks, front: packSide(inside.marks.front), back: packSide(inside.marks.back) } } };
}

function tracksOf(tracks: CardMarks['tracks']): Pick<CardMarks, 'tracks'> {
  return tracks === undefined ? {} : { tracks };
}

/** The path of a snapshot. A card that was travelling when the power went is stuck. */
export function restorePath<Card>(snapshot: PathSnapshot<Card>): CardPath<Card> {
  const { inside } = snapshot;
  if (inside === null) return { ...snapshot, inside: null };
  const marks: CardMarks = { ...tracksOf(inside.marks.tracks), front: unpackSide(inside.marks.front), back: unpackSide(inside.marks.back) };
  return { ...snapshot, jammed: snapshot.jammed || inside.position === 'between', inside: { ...inside, marks } };
}
