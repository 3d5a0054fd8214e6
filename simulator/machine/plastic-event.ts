import type { Ink } from '../../drivers/contracts/card-image.ts';
import type { BlankKind, Place } from '../script/control-protocol.ts';
import type { Side } from './card-path-marks.ts';
import type { CardInside, CardPath, PathStation } from './card-path.ts';

/** One blank as it was made: its UID (upper-case hex), its lot, what chips it has. It never changes; what is on its chips does. */
export interface Blank {
  readonly uid: string;
  readonly lot: string;
  readonly kind: BlankKind;
}

/** What happened to one card, in the words of the bench. `chips-changed` sums up the writes of one stay at a station; `digest` is over both chips afterwards. */
export type PlasticEvent =
  | { readonly what: 'loaded'; readonly uid: string; readonly lot: string; readonly kind: BlankKind }
  | { readonly what: 'fed'; readonly uid: string }
  | { readonly what: 'moved'; readonly uid: string; readonly to: PathStation }
  | { readonly what: 'flipped'; readonly uid: string; readonly side: Side }
  | { readonly what: 'marked'; readonly uid: string; readonly side: Side; readonly ink: Ink; readonly passes: number }
  | { readonly what: 'chips-changed'; readonly uid: string; readonly writes: number; readonly digest: string }
  | { readonly what: 'stuck'; readonly uid: string }
  | { readonly what: 'output'; readonly uid: string; readonly printed: boolean }
  | { readonly what: 'reject'; readonly uid: string; readonly printed: boolean }
  | { readonly what: 'taken'; readonly uid: string; readonly from: Place }
  | { readonly what: 'put'; readonly uid: string; readonly where: Place };

type Path = CardPath<Blank>;
type Inside = CardInside<Blank>;

/** What the mechanics did between two states of the path. Acts of a person are told by the person, not found here. */
export function mechanicalEvents(before: Path, after: Path): readonly PlasticEvent[] {
  const { inside } = after;
  if (before.inside === null && inside === null) return [];
  if (inside === null) return leftEvents(before, after);
  if (before.inside === null) return [{ what: 'fed', uid: inside.card.uid }, ...stuckEvents(before, after, inside)];
  return [...insideEvents(before.inside, inside), ...stuckEvents(before, after, inside)];
}

function leftEvents(before: Path, after: Path): readonly PlasticEvent[] {
  const { inside } = before;
  if (inside === null) return [];
  const { uid } = inside.card;
  const printed = isPrinted(inside);
  if (after.output.length > before.output.length) return [{ what: 'output', uid, printed }];
  return after.reject.length > before.reject.length ? [{ what: 'reject', uid, printed }] : [];
}

function stuckEvents(before: Path, after: Path, inside: Inside): readonly PlasticEvent[] {
  return after.jammed && !before.jammed ? [{ what: 'stuck', uid: inside.card.uid }] : [];
}

function insideEvents(before: Inside, after: Inside): readonly PlasticEvent[] {
  const { uid } = after.card;
  const events: PlasticEvent[] = [];
  if (after.position !== before.position && after.position !== 'between') events.push({ what: 'moved', uid, to: after.position });
  if (after.side !== before.side) events.push({ what: 'flipped', uid, side: after.side });
  for (const side of ['front', 'back'] as const) {
    for (const ink of ['y', 'm', 'c', 'k', 'overlay'] as const) {
      const passes = after.marks[side].passes[ink] ?? 0;
      if (passes > (before.marks[side].passes[ink] ?? 0)) events.push({ what: 'marked', uid, side, ink, passes });
    }
  }
  return events;
}

/** Whether the head has put anything on a card. */
export function isPrinted(inside: Inside): boolean {
  return [inside.marks.front, inside.marks.back].some((side) => Object.keys(side.passes).length > 0);
}
