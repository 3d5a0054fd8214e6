import { expect, test } from 'vitest';
import type { Clock } from '../../../../drivers/contracts/clock.ts';
import { Mechanics, MemoryPathHolder } from '../../../../simulator/machine/card-path-mechanics.ts';
import { emptyHopper } from '../../../../simulator/machine/card-path-person.ts';
import { newCardPath } from '../../../../simulator/machine/card-path.ts';

/** A clock whose sleeps end when the test says so. */
class HeldClock implements Clock {
  readonly slept: number[] = [];
  readonly #sleepers: (() => void)[] = [];
  now(): number { return 0; }
  steady(): number { return 0; }
  async sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    await new Promise<void>((resolve) => { this.#sleepers.push(resolve); });
  }
  async wake(): Promise<void> {
    this.#sleepers.shift()?.();
    await new Promise((resolve) => { setImmediate(resolve); });
  }
}

test('acts take their scaled time, one after the other, with the card between stations meanwhile', async () => {
  const clock = new HeldClock();
  const holder = new MemoryPathHolder(newCardPath(['a']));
  const mechanics = new Mechanics({ holder, clock, timeFactor: 0.1 });
  const taken = mechanics.perform({ kind: 'take', to: 'contact' });
  const moved = mechanics.perform({ kind: 'move', to: 'contactless' });
  await new Promise((resolve) => { setImmediate(resolve); });
  expect(clock.slept).toEqual([250]);
  expect(holder.path.inside?.position).toBe('between');
  await clock.wake();
  expect(await taken).toMatchObject({ done: true, event: { kind: 'moved', from: 'feeder', to: 'contact' } });
  expect(clock.slept).toEqual([250, 200]);
  await clock.wake();
  expect(await moved).toMatchObject({ done: true, event: { from: 'contact', to: 'contactless' } });
});

test('what a person does during an act is not undone by its end', async () => {
  const clock = new HeldClock();
  const holder = new MemoryPathHolder({ ...newCardPath(['a']), output: ['x'] });
  const mechanics = new Mechanics({ holder, clock, timeFactor: 1 });
  const taken = mechanics.perform({ kind: 'take', to: 'contact' });
  await new Promise((resolve) => { setImmediate(resolve); });
  holder.update((path) => emptyHopper(path, 'output').path);
  await clock.wake();
  await taken;
  expect(holder.path).toMatchObject({ output: [], inside: { card: 'a', position: 'contact' } });
});

test('a cover opened while a card moves stops it on the way', async () => {
  const clock = new HeldClock();
  const holder = new MemoryPathHolder(newCardPath(['a']));
  const mechanics = new Mechanics({ holder, clock, timeFactor: 1 });
  const taken = mechanics.perform({ kind: 'take', to: 'contact' });
  await new Promise((resolve) => { setImmediate(resolve); });
  holder.update((path) => ({ ...path, coverOpen: true }));
  await clock.wake();
  expect(await taken).toMatchObject({ done: false, refusal: 'cover-open', card: 'a' });
  expect(holder.path).toMatchObject({ jammed: true, inside: { position: 'between' } });
});

test('the marks of a leaving card are handed over before it lies in the hopper', async () => {
  const holder = new MemoryPathHolder(newCardPath(['a']));
  const seen: unknown[] = [];
  const mechanics = new Mechanics({
    holder,
    clock: new HeldClock(),
    timeFactor: 0,
    onLeaving: async (card, _marks, to) => { seen.push([card, to, holder.path.output.length]); },
    onOutcome: (act) => { seen.push(act.kind); },
  });
  await mechanics.perform({ kind: 'take', to: 'print' });
  await mechanics.perform({ kind: 'leave', to: 'output' });
  await mechanics.idle();
  expect(seen).toEqual(['take', ['a', 'output', 0], 'leave']);
  expect(holder.path.output).toEqual(['a']);
});
