import { StationFault } from '../../drivers/contracts/fault.ts';
import type { Place } from '../script/control-protocol.ts';
import { loadFeeder, takeOutInside } from './card-path-person.ts';
import { blankMarks } from './card-path-marks.ts';
import type { CardPath } from './card-path.ts';
import type { Blank, PlasticEvent } from './plastic-event.ts';
import type { HeldCard, Plastic } from './plastic-store.ts';

/** What a person's hands did: the plastic afterwards, and the account of it. Pure functions; `SIM-INVALID` for what no hand can do. */
export interface HandAct {
  readonly plastic: Plastic;
  readonly events: readonly PlasticEvent[];
}

const piles = ['feeder', 'output', 'reject'] as const;

/** Every card of the machine and where it lies. */
export function locate(plastic: Plastic): readonly { readonly card: Blank; readonly place: Place }[] {
  const { path, hand } = plastic;
  return [
    ...piles.flatMap((place) => path[place].map((card) => ({ card, place }))),
    ...(path.inside === null ? [] : [{ card: path.inside.card, place: path.inside.position }]),
    ...hand.map(({ card }) => ({ card, place: 'hand' as const })),
  ];
}

/** The card with this UID and where it lies. Throws `SIM-INVALID` when there is none. */
export function find(plastic: Plastic, uid: string): { readonly card: Blank; readonly place: Place } {
  const found = locate(plastic).find(({ card }) => card.uid === uid);
  if (found === undefined) throw new StationFault('SIM-INVALID', { field: `card ${uid.slice(0, 20)}`, note: 'no card here has this UID' });
  return found;
}

/** Puts blanks under those in the feeder: they are fed after them. */
export function load(plastic: Plastic, blanks: readonly Blank[]): HandAct {
  const events = blanks.map((blank): PlasticEvent => ({ what: 'loaded', ...blank }));
  return { plastic: { ...plastic, path: loadFeeder(plastic.path, blanks) }, events };
}

/** Takes a card in hand; from inside by opening the cover. */
export function take(plastic: Plastic, uid: string): HandAct {
  const { card, place } = find(plastic, uid);
  const { path } = plastic;
  const taken = (after: CardPath<Blank>, inside: HeldCard['inside']): HandAct => ({
    plastic: { ...plastic, path: after, hand: [...plastic.hand, { card, from: place, inside }] },
    events: [{ what: 'taken', uid, from: place }],
  });
  switch (place) {
    case 'hand': throw new StationFault('SIM-INVALID', { field: `card ${uid}`, note: 'it is in hand already' });
    case 'feeder': return taken({ ...path, feeder: without(path.feeder, uid) }, null);
    case 'output': return taken({ ...path, output: without(path.output, uid), standing: path.standing.filter((name) => name !== 'hopper-full') }, null);
    case 'reject': return taken({ ...path, reject: without(path.reject, uid), standing: path.standing.filter((name) => name !== 'reject-full') }, null);
    case 'contactless':
    case 'contact':
    case 'print':
    case 'exit':
    case 'between': return taken(takeOutInside(path).path, path.inside);
  }
}

function without(cards: readonly Blank[], uid: string): readonly Blank[] {
  return cards.filter((card) => card.uid !== uid);
}

/** Puts a card from the hand somewhere: as the next to be fed, on top of a hopper, or inside at a station. */
export function put(plastic: Plastic, uid: string, where: Place): HandAct {
  const held = plastic.hand.find(({ card }) => card.uid === uid);
  if (held === undefined) throw new StationFault('SIM-INVALID', { field: `card ${uid.slice(0, 20)}`, note: 'it is not in hand' });
  const path = withCard(plastic.path, held, where);
  return { plastic: { ...plastic, path, hand: plastic.hand.filter((other) => other !== held) }, events: [{ what: 'put', uid, where }] };
}

function withCard(path: CardPath<Blank>, held: HeldCard, where: Place): CardPath<Blank> {
  const { card } = held;
  switch (where) {
    case 'hand':
    case 'between': throw new StationFault('SIM-INVALID', { field: where, note: 'a card cannot be put there' });
    case 'feeder': return { ...path, feeder: [card, ...path.feeder] };
    case 'output': return { ...path, output: [...path.output, card] };
    case 'reject': return { ...path, reject: [...path.reject, card] };
    case 'contactless':
    case 'contact':
    case 'print':
    case 'exit': {
      if (path.inside !== null) throw new StationFault('SIM-INVALID', { field: where, note: 'there is a card inside' });
      return { ...path, inside: { card, position: where, side: held.inside?.side ?? 'front', marks: held.inside?.marks ?? blankMarks } };
    }
  }
}

/** Exchanges the places of two cards. What was printed on one goes with it. */
export function swap(plastic: Plastic, first: string, second: string): HandAct {
  const from = find(plastic, first);
  const to = find(plastic, second);
  if (from.place === 'between' || to.place === 'between') throw new StationFault('SIM-INVALID', { field: 'between', note: 'a card that travels cannot be swapped' });
  const other = (card: Blank): Blank => (card.uid === first ? to.card : card.uid === second ? from.card : card);
  const { path, hand } = plastic;
  const inside = path.inside === null || other(path.inside.card) === path.inside.card
    ? path.inside
    : { ...path.inside, card: other(path.inside.card), marks: marksOf(plastic, other(path.inside.card).uid) };
  const swapped = { ...path, inside, feeder: path.feeder.map(other), output: path.output.map(other), reject: path.reject.map(other) };
  const hands = hand.map((held) => (other(held.card) === held.card ? held : { card: other(held.card), from: held.from, inside: path.inside }));
  const events: readonly PlasticEvent[] = [
    { what: 'taken', uid: first, from: from.place },
    { what: 'taken', uid: second, from: to.place },
    { what: 'put', uid: first, where: to.place },
    { what: 'put', uid: second, where: from.place },
  ];
  return { plastic: { ...plastic, path: swapped, hand: hands }, events };
}

function marksOf(plastic: Plastic, uid: string): typeof blankMarks {
  return plastic.hand.find(({ card }) => card.uid === uid)?.inside?.marks ?? blankMarks;
}
