import { describe, expect, it } from 'vitest';
import { beginAct, finishAct, type PathAct } from '../../../../simulator/machine/card-path-acts.ts';
import { armFault, takeOutInside } from '../../../../simulator/machine/card-path-person.ts';
import { newCardPath, type CardPath } from '../../../../simulator/machine/card-path.ts';
import { mechanicalEvents, type Blank, type PlasticEvent } from '../../../../simulator/machine/plastic-event.ts';

const blank: Blank = { uid: '04A1B2C3D4E5F6', lot: 'L', kind: 'piv' };
const { uid } = blank;
const dots = new Uint8Array(4).fill(1);

/** Runs acts of the mechanics and collects what is seen from state to state. */
function run(path: CardPath<Blank>, acts: readonly PathAct[]): { readonly path: CardPath<Blank>; readonly events: readonly PlasticEvent[] } {
  const events: PlasticEvent[] = [];
  let now = path;
  const step = (next: CardPath<Blank>): void => {
    events.push(...mechanicalEvents(now, next));
    now = next;
  };
  for (const act of acts) {
    const begun = beginAct(now, act);
    step(begun.path);
    if (begun.refusal === null) step(finishAct(begun.path, act, begun.from).path);
  }
  return { path: now, events };
}

describe('what the mechanics did', () => {
  it('is seen from feeder to output', () => {
    const acts: PathAct[] = [
      { kind: 'take', to: 'contactless' }, { kind: 'move', to: 'print' }, { kind: 'mark', ink: 'k', dots }, { kind: 'mark', ink: 'k', dots },
      { kind: 'flip' }, { kind: 'mark', ink: 'k', dots }, { kind: 'leave', to: 'output' },
    ];
    expect(run(newCardPath([blank]), acts).events).toEqual([
      { what: 'fed', uid },
      { what: 'moved', uid, to: 'contactless' },
      { what: 'moved', uid, to: 'print' },
      { what: 'marked', uid, side: 'front', ink: 'k', passes: 1 },
      { what: 'marked', uid, side: 'front', ink: 'k', passes: 2 },
      { what: 'flipped', uid, side: 'back' },
      { what: 'marked', uid, side: 'back', ink: 'k', passes: 1 },
      { what: 'output', uid, printed: true },
    ]);
  });

  it('tells reject from output, and that nothing was printed', () => {
    expect(run(newCardPath([blank]), [{ kind: 'take', to: 'contact' }, { kind: 'leave', to: 'reject' }]).events.at(-1)).toEqual({ what: 'reject', uid, printed: false });
  });

  it('tells a card that stuck, and nothing of one that was not fed', () => {
    const jamming = armFault(newCardPath([blank]), 'jam-at-contact', 1);
    expect(run(jamming, [{ kind: 'take', to: 'contact' }]).events).toEqual([{ what: 'fed', uid }, { what: 'stuck', uid }]);
    expect(run(newCardPath<Blank>([]), [{ kind: 'take', to: 'contact' }, { kind: 'flip' }]).events).toEqual([]);
  });

  it('says nothing of a card that hands took out', () => {
    const { path } = run(newCardPath([blank]), [{ kind: 'take', to: 'contact' }]);
    expect(mechanicalEvents(path, takeOutInside(path).path)).toEqual([]);
  });
});
