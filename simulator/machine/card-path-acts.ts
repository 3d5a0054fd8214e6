import type { Ink } from '../../drivers/contracts/card-image.ts';
import { strike, type MechanicalFault, type PathFault } from './card-path-faults.ts';
import { addMarks, type CardMarks, type Side, type TrackTexts } from './card-path-marks.ts';
import { windTo } from './card-path-ribbon.ts';
import { feederIsEmpty, freshlyTaken, outputIsFull, rejectIsFull, type CardInside, type CardPath, type PathPosition, type PathStation } from './card-path.ts';

/** What the mechanics can be told to do. `mark` prints one panel on the side under the head. */
export type PathAct =
  | { readonly kind: 'take'; readonly to: PathStation }
  | { readonly kind: 'move'; readonly to: PathStation }
  | { readonly kind: 'flip' }
  | { readonly kind: 'synchronise' }
  | { readonly kind: 'mark'; readonly ink: Ink; readonly dots: Uint8Array }
  | { readonly kind: 'magnetise'; readonly tracks: TrackTexts }
  | { readonly kind: 'leave'; readonly to: 'output' | 'reject' }
  | { readonly kind: 'clean' };

/** Why the mechanics did not do it. */
export type Refusal =
  | 'feeder-empty' | 'jam' | 'cover-open' | 'output-full' | 'reject-full' | 'card-inside' | 'no-card'
  | 'ribbon-missing' | 'ribbon-end' | 'ribbon-wrong' | 'head-hot' | 'need-cleaning';

export type PathPlace = 'feeder' | PathPosition | 'output' | 'reject';

/** What happened. A card that left carries its marks with it; the path forgets them. */
export type PathEvent<Card> =
  | { readonly kind: 'moved'; readonly card: Card; readonly from: PathPlace; readonly to: PathStation }
  | { readonly kind: 'flipped'; readonly card: Card; readonly side: Side }
  | { readonly kind: 'synchronised'; readonly card: Card }
  | { readonly kind: 'marked'; readonly card: Card; readonly side: Side; readonly ink: Ink }
  | { readonly kind: 'left'; readonly card: Card; readonly from: PathPosition; readonly to: 'output' | 'reject'; readonly marks: CardMarks }
  | { readonly kind: 'magnetised'; readonly card: Card; readonly tracks: TrackTexts }
  | { readonly kind: 'cleaned' };

/** How an act ended. `concealed`: the printer will say that it went well. */
export type ActOutcome<Card> =
  | { readonly done: true; readonly event: PathEvent<Card> }
  | { readonly done: false; readonly refusal: Refusal; readonly card: Card | null; readonly concealed: boolean };

type Begun<Card> = { readonly path: CardPath<Card>; readonly refusal: Refusal | null; readonly from: PathPlace };
type Finished<Card> = { readonly path: CardPath<Card>; readonly outcome: ActOutcome<Card> };

/** Counts a trigger; faults of the mechanics that were due take effect. */
function strikePath<Card>(path: CardPath<Card>, trigger: string): { readonly path: CardPath<Card>; readonly due: readonly PathFault[] } {
  const { plan, due } = strike(path.faults, trigger);
  const effects = due.filter((name) => isMechanical(name));
  const stands = effects.filter((name) => mechanicalEffect[name] === 'stands');
  const struck = {
    ...path,
    faults: plan,
    coverOpen: path.coverOpen || effects.some((name) => mechanicalEffect[name] === 'opens'),
    jammed: path.jammed || effects.some((name) => mechanicalEffect[name] === 'jams'),
    standing: [...new Set([...path.standing, ...stands])],
  };
  return { path: struck, due };
}

const mechanicalEffect: Readonly<Record<MechanicalFault, 'stands' | 'jams' | 'opens'>> = {
  'feeder-empty': 'stands',
  'jam-at-contactless': 'jams',
  'jam-at-contact': 'jams',
  'jam-at-print': 'jams',
  'jam-at-exit': 'jams',
  'jam-at-reject': 'jams',
  'cover-open': 'opens',
  'ribbon-end': 'stands',
  'ribbon-wrong': 'stands',
  'head-hot': 'stands',
  'need-cleaning': 'stands',
  'hopper-full': 'stands',
  'reject-full': 'stands',
  'left-in-bezel': 'stands',
  'answered-ok-but-jammed': 'jams',
};

function isMechanical(name: PathFault): name is MechanicalFault {
  return Object.hasOwn(mechanicalEffect, name);
}

function triggerOf(act: PathAct): string {
  return act.kind === 'leave' ? `leave:${act.to}` : act.kind;
}

/** Conditions that stop every act: an open cover and a stuck card. */
function blocked<Card>(path: CardPath<Card>): Refusal | null {
  if (path.jammed) return 'jam';
  return path.coverOpen ? 'cover-open' : null;
}

function ribbonRefusal<Card>(path: CardPath<Card>): Refusal | null {
  if (path.ribbon === null) return 'ribbon-missing';
  if (path.standing.includes('ribbon-wrong')) return 'ribbon-wrong';
  return path.standing.includes('ribbon-end') ? 'ribbon-end' : null;
}

function refusalOf<Card>(path: CardPath<Card>, act: PathAct): Refusal | null {
  switch (act.kind) {
    case 'take':
      if (path.inside !== null) return 'card-inside';
      return feederIsEmpty(path) ? 'feeder-empty' : null;
    case 'move':
    case 'flip':
    case 'magnetise':
      return path.inside === null ? 'no-card' : null;
    case 'synchronise':
      if (path.inside === null) return 'no-card';
      return path.standing.includes('need-cleaning') ? 'need-cleaning' : ribbonRefusal(path);
    case 'mark':
      return markRefusal(path, act.ink);
    case 'leave':
      if (path.inside === null) return 'no-card';
      if (act.to === 'output') return outputIsFull(path) ? 'output-full' : null;
      return rejectIsFull(path) ? 'reject-full' : null;
    case 'clean':
      return path.inside === null ? null : 'card-inside';
  }
}

function markRefusal<Card>(path: CardPath<Card>, ink: Ink): Refusal | null {
  if (path.inside?.position !== 'print') return 'no-card';
  if (path.standing.includes('head-hot')) return 'head-hot';
  const refusal = ribbonRefusal(path);
  if (refusal !== null || path.ribbon === null) return refusal;
  const wound = windTo(path.ribbon, ink);
  if (wound === 'wrong') return 'ribbon-wrong';
  return wound === 'end' ? 'ribbon-end' : null;
}

/**
 * The first half of an act: checks whether the mechanics can do it and puts the card on its way. Then time passes,
 * then `finishAct`. When `refusal` is not null nothing moved and nothing is to be finished.
 */
export function beginAct<Card>(before: CardPath<Card>, act: PathAct): Begun<Card> {
  const struck = strikePath(before, triggerOf(act)).path;
  const from: PathPlace = act.kind === 'take' ? 'feeder' : struck.inside?.position ?? 'feeder';
  const early = act.kind === 'mark' || act.kind === 'leave' ? blocked(before) : blocked(struck);
  const refusal = early ?? refusalOf(struck, act);
  if (refusal !== null) return { path: struck, refusal, from };
  return { path: onItsWay(struck, act), refusal: null, from };
}

function onItsWay<Card>(path: CardPath<Card>, act: PathAct): CardPath<Card> {
  const [first, ...rest] = path.feeder;
  if (act.kind === 'take' && first !== undefined) {
    const counters = { ...path.counters, cardsIn: path.counters.cardsIn + 1, cardsSinceCleaning: path.counters.cardsSinceCleaning + 1 };
    return { ...path, feeder: rest, inside: freshlyTaken(first), counters };
  }
  if (path.inside === null || (act.kind !== 'move' && act.kind !== 'leave' && act.kind !== 'magnetise')) return path;
  return { ...path, inside: { ...path.inside, position: 'between' } };
}

/** The second half: the card arrives, or sticks. Must follow a `beginAct` of the same act without a refusal. */
export function finishAct<Card>(begun: CardPath<Card>, act: PathAct, from: PathPlace): Finished<Card> {
  const arriving = act.kind === 'take' || act.kind === 'move';
  const { path, due } = arriving ? strikePath(strikePath(begun, `arrive:${act.to}`).path, 'arrive') : { path: begun, due: [] };
  const concealed = due.includes('answered-ok-but-jammed');
  const inside = path.inside;
  if (act.kind === 'clean') return { path: cleaned(path), outcome: { done: true, event: { kind: 'cleaned' } } };
  if (inside === null) return { path, outcome: { done: false, refusal: 'no-card', card: null, concealed: false } };
  if (act.kind === 'mark') return finishMark(path, inside, act);
  const stopped = blocked(path);
  if (stopped !== null) return { path: { ...path, jammed: true }, outcome: { done: false, refusal: stopped, card: inside.card, concealed } };
  return arrive(path, inside, act, from);
}

function cleaned<Card>(path: CardPath<Card>): CardPath<Card> {
  const counters = { ...path.counters, cleanings: path.counters.cleanings + 1, cardsSinceCleaning: 0 };
  return { ...path, counters, standing: path.standing.filter((name) => name !== 'need-cleaning') };
}

/** A cover that opens during a panel stops the head half way: the first half is on the card, the panel of the ribbon is spent. */
function finishMark<Card>(path: CardPath<Card>, inside: CardInside<Card>, act: Extract<PathAct, { kind: 'mark' }>): Finished<Card> {
  const ribbon = path.ribbon === null ? 'end' : windTo(path.ribbon, act.ink);
  if (typeof ribbon === 'string') return { path, outcome: { done: false, refusal: 'ribbon-end', card: inside.card, concealed: false } };
  const dots = path.coverOpen ? act.dots.map((dot, index) => (index < act.dots.length / 2 ? dot : 0)) : act.dots;
  const marks = addMarks(inside.marks, inside.side, act.ink, dots);
  const counters = { ...path.counters, panelsPrinted: path.counters.panelsPrinted + 1 };
  const after = { ...path, ribbon, counters, inside: { ...inside, marks } };
  if (path.coverOpen) return { path: after, outcome: { done: false, refusal: 'cover-open', card: inside.card, concealed: false } };
  return { path: after, outcome: { done: true, event: { kind: 'marked', card: inside.card, side: inside.side, ink: act.ink } } };
}

function arrive<Card>(path: CardPath<Card>, inside: CardInside<Card>, act: Exclude<PathAct, { kind: 'mark' | 'clean' }>, from: PathPlace): Finished<Card> {
  const { card } = inside;
  switch (act.kind) {
    case 'take':
    case 'move':
      return { path: { ...path, inside: { ...inside, position: act.to } }, outcome: { done: true, event: { kind: 'moved', card, from, to: act.to } } };
    case 'flip': {
      const side: Side = inside.side === 'front' ? 'back' : 'front';
      return { path: { ...path, inside: { ...inside, side } }, outcome: { done: true, event: { kind: 'flipped', card, side } } };
    }
    case 'magnetise': {
      const tracks = { ...inside.marks.tracks, ...act.tracks };
      return { path: { ...path, inside: { ...inside, position: 'print', marks: { ...inside.marks, tracks } } }, outcome: { done: true, event: { kind: 'magnetised', card, tracks } } };
    }
    case 'synchronise':
      return { path, outcome: { done: true, event: { kind: 'synchronised', card } } };
    case 'leave': {
      const { counters } = path;
      if (act.to === 'output' && path.standing.includes('left-in-bezel')) return remainInBezel(path, inside, from);
      const left = act.to === 'output'
        ? { output: [...path.output, card], counters: { ...counters, cardsToOutput: counters.cardsToOutput + 1 } }
        : { reject: [...path.reject, card], counters: { ...counters, cardsToReject: counters.cardsToReject + 1 } };
      const place: PathPosition = from === 'feeder' || from === 'output' || from === 'reject' ? 'between' : from;
      return { path: { ...path, inside: null, ...left }, outcome: { done: true, event: { kind: 'left', card, from: place, to: act.to, marks: inside.marks } } };
    }
  }
}

/** The card is pushed out and hangs in the bezel until somebody or the next act takes it: the printer sees nothing wrong. */
function remainInBezel<Card>(path: CardPath<Card>, inside: CardInside<Card>, from: PathPlace): Finished<Card> {
  const standing = path.standing.filter((name) => name !== 'left-in-bezel');
  return { path: { ...path, standing, inside: { ...inside, position: 'exit' } }, outcome: { done: true, event: { kind: 'moved', card: inside.card, from, to: 'exit' } } };
}
