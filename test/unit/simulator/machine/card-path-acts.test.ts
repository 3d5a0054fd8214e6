import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { beginAct, finishAct, type ActOutcome, type PathAct } from '../../../../simulator/machine/card-path-acts.ts';
import { mechanicalFaults } from '../../../../simulator/machine/card-path-faults.ts';
import { armFault, takeOutInside } from '../../../../simulator/machine/card-path-person.ts';
import { newRibbon } from '../../../../simulator/machine/card-path-ribbon.ts';
import { cardAt, newCardPath, type CardPath } from '../../../../simulator/machine/card-path.ts';

const dots = Uint8Array.of(0, 1, 1, 0);

function perform(path: CardPath<string>, act: PathAct): { path: CardPath<string>; outcome: ActOutcome<string> } {
  const begun = beginAct(path, act);
  if (begun.refusal !== null) return { path: begun.path, outcome: { done: false, refusal: begun.refusal, card: begun.path.inside?.card ?? null, concealed: false } };
  return finishAct(begun.path, act, begun.from);
}

const run = (path: CardPath<string>, ...acts: PathAct[]): CardPath<string> => acts.reduce((now, act) => perform(now, act).path, path);
const refusal = (path: CardPath<string>, act: PathAct): string => {
  const { outcome } = perform(path, act);
  return outcome.done ? 'done' : outcome.refusal;
};

describe('the way of a card', () => {
  test('goes from the feeder past the stations into the output', () => {
    const path = newCardPath(['a', 'b']);
    const inside = run(path, { kind: 'take', to: 'contactless' });
    expect(cardAt(inside, 'contactless')).toBe('a');
    expect(cardAt(inside, 'contact')).toBeNull();
    const printed = run(inside, { kind: 'move', to: 'print' }, { kind: 'synchronise' }, { kind: 'mark', ink: 'k', dots }, { kind: 'flip' }, { kind: 'mark', ink: 'k', dots });
    const { outcome, path: out } = perform(printed, { kind: 'leave', to: 'output' });
    expect(outcome).toMatchObject({ done: true, event: { kind: 'left', card: 'a', from: 'print', to: 'output', marks: { front: { passes: { k: 1 } }, back: { passes: { k: 1 } } } } });
    expect(out).toMatchObject({ feeder: ['b'], inside: null, output: ['a'], counters: { cardsIn: 1, cardsToOutput: 1, panelsPrinted: 2 } });
  });

  test('is between two stations while it moves', () => {
    const begun = beginAct(run(newCardPath(['a']), { kind: 'take', to: 'contact' }), { kind: 'move', to: 'contactless' });
    expect(begun.refusal).toBeNull();
    expect(begun.path.inside?.position).toBe('between');
    expect(cardAt(begun.path, 'contact')).toBeNull();
  });

  test('a card printed twice carries both', () => {
    const once = run(newCardPath(['a']), { kind: 'take', to: 'print' }, { kind: 'mark', ink: 'y', dots: Uint8Array.of(100, 200, 0, 7) });
    const twice = run(once, { kind: 'mark', ink: 'y', dots: Uint8Array.of(100, 200, 0, 7) });
    expect([...(twice.inside?.marks.front.dots.y ?? [])]).toEqual([200, 255, 0, 14]);
    expect(twice.inside?.marks.front.passes.y).toBe(2);
    expect([...(once.inside?.marks.front.dots.y ?? [])]).toEqual([100, 200, 0, 7]);
  });
});

describe('the mechanics refuse', () => {
  const blank = newCardPath(['a', 'b']);
  const inside = run(blank, { kind: 'take', to: 'print' });

  test.each<[string, CardPath<string>, PathAct, string]>([
    ['a second card', inside, { kind: 'take', to: 'contact' }, 'card-inside'],
    ['an empty feeder', newCardPath<string>([]), { kind: 'take', to: 'contact' }, 'feeder-empty'],
    ['moving nothing', blank, { kind: 'move', to: 'contact' }, 'no-card'],
    ['ejecting nothing', blank, { kind: 'leave', to: 'output' }, 'no-card'],
    ['printing away from the head', run(blank, { kind: 'take', to: 'contact' }), { kind: 'mark', ink: 'k', dots }, 'no-card'],
    ['everything under an open cover', { ...inside, coverOpen: true }, { kind: 'mark', ink: 'k', dots }, 'cover-open'],
    ['everything with a stuck card', { ...inside, jammed: true }, { kind: 'leave', to: 'reject' }, 'jam'],
    ['a full output', { ...inside, limits: { ...inside.limits, outputCapacity: 0 } }, { kind: 'leave', to: 'output' }, 'output-full'],
    ['a full reject box', { ...inside, limits: { ...inside.limits, rejectCapacity: 0 } }, { kind: 'leave', to: 'reject' }, 'reject-full'],
    ['printing without ribbon', { ...inside, ribbon: null }, { kind: 'mark', ink: 'k', dots }, 'ribbon-missing'],
    ['an ink the ribbon lacks', { ...inside, ribbon: newRibbon('k', 5) }, { kind: 'mark', ink: 'y', dots }, 'ribbon-wrong'],
    ['a ribbon at its end', { ...inside, ribbon: newRibbon('k', 0) }, { kind: 'mark', ink: 'k', dots }, 'ribbon-end'],
    ['cleaning with a card inside', inside, { kind: 'clean' }, 'card-inside'],
  ])('%s', (_name, path, act, expected) => {
    expect(refusal(path, act)).toBe(expected);
  });
});

describe('faults', () => {
  test('happen at their count and stand until mended', () => {
    const armed = armFault(newCardPath(['a', 'b', 'c']), 'jam-at-contact', 2);
    const first = run(armed, { kind: 'take', to: 'contact' }, { kind: 'leave', to: 'output' });
    expect(first.output).toEqual(['a']);
    const { path: stuck, outcome } = perform(first, { kind: 'take', to: 'contact' });
    expect(outcome).toMatchObject({ done: false, refusal: 'jam', card: 'b' });
    expect(refusal(stuck, { kind: 'move', to: 'print' })).toBe('jam');
    const mended = takeOutInside(stuck);
    expect(mended.taken?.card).toBe('b');
    expect(refusal(mended.path, { kind: 'take', to: 'contact' })).toBe('done');
  });

  test('a card left in the bezel is still inside, once, and the next push brings it out', () => {
    const armed = armFault(newCardPath(['a']), 'left-in-bezel', 1);
    const hanging = run(armed, { kind: 'take', to: 'contact' }, { kind: 'leave', to: 'output' });
    expect([hanging.inside?.position, hanging.output, hanging.counters.cardsToOutput]).toEqual(['exit', [], 0]);
    expect(run(hanging, { kind: 'leave', to: 'output' })).toMatchObject({ inside: null, output: ['a'] });
  });

  test('a concealed jam says so to the front', () => {
    const { outcome } = perform(armFault(newCardPath(['a']), 'answered-ok-but-jammed', 1), { kind: 'take', to: 'contact' });
    expect(outcome).toMatchObject({ done: false, refusal: 'jam', concealed: true });
  });
});

const station = fc.constantFrom('contactless', 'contact', 'print', 'exit');
const anyAct: fc.Arbitrary<PathAct> = fc.oneof(
  fc.record({ kind: fc.constant('take'), to: station }),
  fc.record({ kind: fc.constant('move'), to: station }),
  fc.constant({ kind: 'flip' }),
  fc.constant({ kind: 'synchronise' }),
  fc.record({ kind: fc.constant('mark'), ink: fc.constantFrom('y', 'm', 'c', 'k', 'overlay'), dots: fc.constant(dots) }),
  fc.record({ kind: fc.constant('leave'), to: fc.constantFrom('output', 'reject') }),
  fc.constant({ kind: 'clean' }),
) as fc.Arbitrary<PathAct>;

test('whatever is done and whatever fails, no card is lost or doubled, and the counters tell the truth', () => {
  const cards = ['a', 'b', 'c', 'd'];
  const faults = fc.array(fc.tuple(fc.constantFrom(...mechanicalFaults), fc.integer({ min: 1, max: 4 })), { maxLength: 3 });
  fc.assert(fc.property(faults, fc.array(anyAct, { maxLength: 40 }), (armed, acts) => {
    let path = armed.reduce((now, [name, nth]) => armFault(now, name, nth), newCardPath(cards));
    for (const act of acts) {
      path = perform(path, act).path;
      const all = [...path.feeder, ...path.output, ...path.reject, ...(path.inside === null ? [] : [path.inside.card])];
      expect(all.sort()).toEqual(cards);
      const { counters } = path;
      expect(counters.cardsIn).toBe(counters.cardsToOutput + counters.cardsToReject + (path.inside === null ? 0 : 1));
      expect([counters.cardsToOutput, counters.cardsToReject]).toEqual([path.output.length, path.reject.length]);
    }
  }), { numRuns: 500 });
});
