import { expect, test } from 'vitest';
import { changeRibbon, closeCover, emptyFeeder, emptyHopper, loadFeeder, openCover, takeOutInside } from '../../../../simulator/machine/card-path-person.ts';
import { newRibbon } from '../../../../simulator/machine/card-path-ribbon.ts';
import { freshlyTaken, newCardPath, type CardPath } from '../../../../simulator/machine/card-path.ts';

const broken: CardPath<string> = {
  ...newCardPath(['a']),
  inside: freshlyTaken('b'),
  output: ['c', 'd'],
  reject: ['e'],
  coverOpen: true,
  jammed: true,
  standing: ['feeder-empty', 'hopper-full', 'reject-full', 'ribbon-end', 'ribbon-wrong', 'head-hot'],
};

test('a person mends everything that stands, and every card is handed out once', () => {
  const output = emptyHopper(broken, 'output');
  const reject = emptyHopper(output.path, 'reject');
  const inside = takeOutInside(reject.path);
  const feeder = emptyFeeder(inside.path);
  expect([output.cards, reject.cards, inside.taken?.card, feeder.cards]).toEqual([['c', 'd'], ['e'], 'b', ['a']]);
  const ready = changeRibbon(loadFeeder(feeder.path, ['f', 'g']), newRibbon('k', 9));
  expect(ready).toMatchObject({ feeder: ['f', 'g'], inside: null, output: [], reject: [], coverOpen: false, jammed: false, standing: [], ribbon: { type: 'k', capacitySets: 9 } });
});

test('new blanks go behind those in the feeder', () => {
  expect(loadFeeder(newCardPath(['a']), ['b', 'c']).feeder).toEqual(['a', 'b', 'c']);
});

test('a closed cover does not free a stuck card', () => {
  expect(closeCover(openCover(broken)).jammed).toBe(true);
});

test('there may be nothing to take out', () => {
  expect(takeOutInside(newCardPath<string>([])).taken).toBeNull();
});
