import { expect, test } from 'vitest';
import { beginAct, finishAct, type PathAct } from '../../../../simulator/machine/card-path-acts.ts';
import { armFault } from '../../../../simulator/machine/card-path-person.ts';
import { restorePath, snapshotPath, type PathSnapshot } from '../../../../simulator/machine/card-path-snapshot.ts';
import { newCardPath, type CardPath } from '../../../../simulator/machine/card-path.ts';

const acts: readonly PathAct[] = [
  { kind: 'take', to: 'print' },
  { kind: 'mark', ink: 'y', dots: Uint8Array.from({ length: 5000 }, (_, dot) => dot % 256) },
  { kind: 'mark', ink: 'k', dots: Uint8Array.from({ length: 5000 }, (_, dot) => dot % 2) },
];

const through = (path: CardPath<{ id: string }>): CardPath<{ id: string }> =>
  restorePath(JSON.parse(JSON.stringify(snapshotPath(path))) as PathSnapshot<{ id: string }>);

test('a path with a printed card survives JSON', () => {
  const path = acts.reduce((now, act) => {
    const begun = beginAct(now, act);
    return finishAct(begun.path, act, begun.from).path;
  }, armFault(newCardPath([{ id: 'a' }, { id: 'b' }]), 'no-answer', 4));
  expect(through(path)).toEqual(path);
  expect(through(newCardPath<{ id: string }>([]))).toEqual(newCardPath([]));
});

test('a card that was on its way when the power went is stuck', () => {
  const begun = beginAct(newCardPath([{ id: 'a' }]), { kind: 'take', to: 'contact' });
  expect(through(begun.path)).toMatchObject({ jammed: true, inside: { card: { id: 'a' }, position: 'between' } });
});
