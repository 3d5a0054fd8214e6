import type { PathFault } from './card-path-faults.ts';
import { arm } from './card-path-faults.ts';
import type { CardMarks } from './card-path-marks.ts';
import type { Ribbon } from './card-path-ribbon.ts';
import type { CardPath } from './card-path.ts';

/** What a person at the machine can do with their hands. All are pure; cards that are taken away are given back. */

/** Adds blanks to the feeder: they are fed after those already there. */
export function loadFeeder<Card>(path: CardPath<Card>, cards: readonly Card[]): CardPath<Card> {
  return { ...path, feeder: [...path.feeder, ...cards], standing: path.standing.filter((name) => name !== 'feeder-empty') };
}

/** Takes all cards out of the feeder. */
export function emptyFeeder<Card>(path: CardPath<Card>): { readonly path: CardPath<Card>; readonly cards: readonly Card[] } {
  return { path: { ...path, feeder: [] }, cards: path.feeder };
}

/** Takes all cards out of the good output or the reject box. */
export function emptyHopper<Card>(path: CardPath<Card>, hopper: 'output' | 'reject'): { readonly path: CardPath<Card>; readonly cards: readonly Card[] } {
  const full = hopper === 'output' ? 'hopper-full' : 'reject-full';
  return { path: { ...path, [hopper]: [], standing: path.standing.filter((name) => name !== full) }, cards: path[hopper] };
}

export function openCover<Card>(path: CardPath<Card>): CardPath<Card> {
  return { ...path, coverOpen: true };
}

/** Closes the cover; a cooled head prints again. */
export function closeCover<Card>(path: CardPath<Card>): CardPath<Card> {
  return { ...path, coverOpen: false, standing: path.standing.filter((name) => name !== 'head-hot') };
}

/** Opens the cover, takes the card out that is inside, stuck or not, and closes the cover again. */
export function takeOutInside<Card>(path: CardPath<Card>): { readonly path: CardPath<Card>; readonly taken: { readonly card: Card; readonly marks: CardMarks } | null } {
  const taken = path.inside === null ? null : { card: path.inside.card, marks: path.inside.marks };
  return { path: closeCover({ ...path, inside: null, jammed: false }), taken };
}

export function changeRibbon<Card>(path: CardPath<Card>, ribbon: Ribbon | null): CardPath<Card> {
  return { ...path, ribbon, standing: path.standing.filter((name) => name !== 'ribbon-end' && name !== 'ribbon-wrong') };
}

/** Arms a fault: it happens at the `nth` occurrence of its trigger, counted from now. */
export function armFault<Card>(path: CardPath<Card>, name: PathFault, nth: number, trigger?: string): CardPath<Card> {
  return { ...path, faults: arm(path.faults, name, nth, trigger) };
}
