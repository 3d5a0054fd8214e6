import { describe, expect, it } from 'vitest';
import { addMarks, blankMarks } from '../../../../simulator/machine/card-path-marks.ts';
import { freshlyTaken, newCardPath } from '../../../../simulator/machine/card-path.ts';
import type { Blank } from '../../../../simulator/machine/plastic-event.ts';
import { find, load, locate, put, swap, take } from '../../../../simulator/machine/plastic-hands.ts';
import type { Plastic } from '../../../../simulator/machine/plastic-store.ts';

const card = (uid: string): Blank => ({ uid, lot: 'L', kind: 'piv' });
const [one, two, three, four] = ['01', '02', '03', '04'].map(card) as [Blank, Blank, Blank, Blank];
const marks = addMarks(blankMarks, 'front', 'k', new Uint8Array(4).fill(1));
const plastic: Plastic = {
  path: { ...newCardPath([one]), inside: { ...freshlyTaken(two), position: 'print', marks }, output: [three], reject: [four] },
  hand: [],
  printed: [],
};
const placesOf = (state: Plastic): Record<string, string> => Object.fromEntries(locate(state).map((each) => [each.card.uid, each.place]));

describe('hands at the machine', () => {
  it('see every card', () => {
    expect(placesOf(plastic)).toEqual({ '01': 'feeder', '02': 'print', '03': 'output', '04': 'reject' });
    expect(() => find(plastic, '05')).toThrow(expect.objectContaining({ code: 'SIM-INVALID' }));
  });

  it('load blanks under those in the feeder', () => {
    const { plastic: after, events } = load(plastic, [card('05'), card('06')]);
    expect(after.path.feeder.map(({ uid }) => uid)).toEqual(['01', '05', '06']);
    expect(events).toEqual([{ what: 'loaded', ...card('05') }, { what: 'loaded', ...card('06') }]);
  });

  it.each([['01', 'feeder'], ['02', 'print'], ['03', 'output'], ['04', 'reject']] as const)('take card %s from the %s and put it back', (uid, place) => {
    const taken = take(plastic, uid);
    expect(placesOf(taken.plastic)[uid]).toBe('hand');
    expect(locate(taken.plastic)).toHaveLength(4);
    expect(taken.events).toEqual([{ what: 'taken', uid, from: place }]);
    const back = put(taken.plastic, uid, place);
    expect(placesOf(back.plastic)).toEqual(placesOf(plastic));
    expect(back.events).toEqual([{ what: 'put', uid, where: place }]);
  });

  it('keep what is printed on a card while they hold it, also through a swap', () => {
    const held = take(plastic, '02').plastic;
    expect(put(held, '02', 'contact').plastic.path.inside).toMatchObject({ position: 'contact', marks });
    const swapped = swap(plastic, '02', '01').plastic;
    expect(swapped.path.inside).toMatchObject({ card: one, marks: blankMarks });
    const withBlankInside = put(swapped.path.inside === null ? swapped : take(swapped, '01').plastic, '01', 'print').plastic;
    expect(withBlankInside.path.inside?.marks).toEqual(blankMarks);
    const exchanged = swap(put(take(held, '01').plastic, '01', 'print').plastic, '01', '02').plastic;
    expect(exchanged.path.inside).toMatchObject({ card: two, marks });
    expect(exchanged.hand).toMatchObject([{ card: one, inside: { marks: blankMarks } }]);
  });

  it('swap two cards and tell it as four acts', () => {
    const { plastic: after, events } = swap(plastic, '01', '04');
    expect(placesOf(after)).toEqual({ '04': 'feeder', '02': 'print', '03': 'output', '01': 'reject' });
    expect(events.map(({ what, uid }) => `${what} ${uid}`)).toEqual(['taken 01', 'taken 04', 'put 01', 'put 04']);
  });

  it('mend a jam by taking the card out', () => {
    const stuck: Plastic = { ...plastic, path: { ...plastic.path, jammed: true, coverOpen: true, inside: { ...freshlyTaken(two), position: 'between' } } };
    const { path } = take(stuck, '02').plastic;
    expect([path.jammed, path.coverOpen, path.inside]).toEqual([false, false, null]);
  });

  it.each([
    ['takes what it holds', () => take(take(plastic, '01').plastic, '01')],
    ['puts what it does not hold', () => put(plastic, '01', 'output')],
    ['puts a second card inside', () => put(take(plastic, '01').plastic, '01', 'contact')],
    ['puts a card between two places', () => put(take(plastic, '01').plastic, '01', 'between')],
    ['swaps a card that is not there', () => swap(plastic, '01', '09')],
  ])('no hand %s', (_, act) => {
    expect(act).toThrow(expect.objectContaining({ code: 'SIM-INVALID' }));
  });
});
