import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { beginAct, finishAct, type PathAct } from '../../../../simulator/machine/card-path-acts.ts';
import { load, locate, put, take, type HandAct } from '../../../../simulator/machine/plastic-hands.ts';
import { readPlasticLog } from '../../../../simulator/machine/plastic-log.ts';
import { PlasticStore, type Plastic } from '../../../../simulator/machine/plastic-store.ts';

const blank = (uid: string): { uid: string; lot: string; kind: 'piv' } => ({ uid, lot: 'L', kind: 'piv' });

function perform(store: PlasticStore, act: PathAct): void {
  const begun = beginAct(store.path, act);
  store.update(() => begun.path);
  store.update((path) => finishAct(path, act, begun.from).path);
}

function handle(store: PlasticStore, { plastic, events }: HandAct): void {
  store.change(plastic, events);
}

describe('keeping the plastic', () => {
  let folder: string;
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'kv-plastic-')); });
  afterEach(() => rmSync(folder, { recursive: true }));
  const events = (): string[] => readPlasticLog(join(folder, 'plastic.ndjson')).map(({ event }) => `${event.what} ${event.uid}`);

  it('gives the same plastic again: hoppers, card inside with its marks, hand', () => {
    let before: Plastic;
    {
      using store = PlasticStore.open(folder, systemClock);
      handle(store, load(store.plastic, ['01', '02', '03', '04'].map(blank)));
      perform(store, { kind: 'take', to: 'print' });
      perform(store, { kind: 'leave', to: 'output' });
      perform(store, { kind: 'take', to: 'print' });
      perform(store, { kind: 'mark', ink: 'k', dots: new Uint8Array(1016 * 648).fill(1) });
      handle(store, take(store.plastic, '02'));
      perform(store, { kind: 'take', to: 'contact' });
      before = store.plastic;
    }
    using again = PlasticStore.open(folder, systemClock);
    expect(again.plastic).toEqual(before);
    expect(locate(again.plastic).map(({ card, place }) => `${card.uid} ${place}`)).toEqual(['04 feeder', '01 output', '03 contact', '02 hand']);
    expect(again.plastic.printed).toEqual(['02']);
    handle(again, take(again.plastic, '03'));
    expect(put(again.plastic, '02', 'print').plastic.path.inside?.marks.front.passes).toEqual({ k: 1 });
    expect(events()).toEqual([
      'loaded 01', 'loaded 02', 'loaded 03', 'loaded 04', 'fed 01', 'moved 01', 'output 01', 'fed 02', 'moved 02', 'marked 02', 'taken 02', 'fed 03', 'moved 03', 'taken 03',
    ]);
  });

  it('completes the account when the machine died between plastic and account', () => {
    {
      using store = PlasticStore.open(folder, systemClock);
      handle(store, load(store.plastic, [blank('01'), blank('02')]));
      perform(store, { kind: 'take', to: 'contact' });
    }
    const file = join(folder, 'plastic.ndjson');
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, lines.slice(0, 3).map((line) => `${line}\n`).join(''));
    expect(events()).toEqual(['loaded 01', 'loaded 02', 'fed 01']);
    using again = PlasticStore.open(folder, systemClock);
    expect(events()).toEqual(['loaded 01', 'loaded 02', 'fed 01', 'moved 01']);
    perform(again, { kind: 'leave', to: 'reject' });
    expect(events().at(-1)).toBe('reject 01');
  });

  it('finds a card that travelled when the machine died stuck', () => {
    {
      using store = PlasticStore.open(folder, systemClock);
      handle(store, load(store.plastic, [blank('01')]));
      const { path } = beginAct(store.path, { kind: 'take', to: 'contact' });
      store.update(() => path);
    }
    using again = PlasticStore.open(folder, systemClock);
    expect([again.path.jammed, again.path.inside?.position]).toEqual([true, 'between']);
  });

  it('keeps chips by card, and knows a card that is as the factory left it', () => {
    using store = PlasticStore.open(folder, systemClock);
    expect(store.readChips('01')).toBeNull();
    store.writeChips('01', [{ kind: 'piv', uid: '01', memory: { pin: 'x' } }]);
    expect(store.readChips('01')).toEqual([{ kind: 'piv', uid: '01', memory: { pin: 'x' } }]);
    expect(existsSync(join(folder, 'chips', '.01.json.draft'))).toBe(false);
  });

  it('tells watchers after the change is kept', () => {
    using store = PlasticStore.open(folder, systemClock);
    const seen: string[] = [];
    store.watch(() => seen.push(...events()));
    handle(store, load(store.plastic, [blank('01')]));
    expect(seen).toEqual(['loaded 01']);
  });
});
