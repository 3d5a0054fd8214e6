import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChipWork, StationParts } from '../../daemon/produce/station-parts.ts';
import { FaultBench, inWords, type PartsChange } from '../faults/fault-bench.ts';
import { takeCertificateAccount } from '../support/certificate-account.ts';

/** The acts before which somebody opens the machine and exchanges the card inside for another one. */
const moments = ['encodeMifare', 'encodePiv', 'print', 'finishMifare', 'finishPiv'] as const;
type Moment = (typeof moments)[number];

let bench: FaultBench;
beforeAll(async () => {
  bench = await FaultBench.open();
});
afterAll(() => bench[Symbol.asyncDispose]());

/** Exchanges the card inside for another one, by hand: the machine goes on as if nothing had been done. */
async function swapInside(withCard: string): Promise<string> {
  const { control } = bench.simulation;
  const { inside } = await control.ask<'status'>({ do: 'status' });
  if (inside === null) throw new Error('no card is inside');
  await control.ask<'swap-cards'>({ do: 'swap-cards', first: inside, second: withCard });
  return inside;
}

/** Lets `act` happen once, right before the station does something. */
function before(moment: Moment, act: () => Promise<void>): PartsChange {
  let isDone = false;
  const once = async (): Promise<void> => {
    if (isDone) return;
    isDone = true;
    await act();
  };
  return (parts: StationParts): StationParts => {
    if (moment === 'print') {
      const { printer } = parts.bench;
      const swapped = new Proxy(printer, { get: (target, name) => (name === 'print' ? async (...given: Parameters<typeof printer.print>) => { await once(); return target.print(...given); } : bound(target, name)) });
      return { ...parts, bench: new Proxy(parts.bench, { get: (target, name) => (name === 'printer' ? swapped : bound(target, name)) }) };
    }
    const work = parts.chips[moment] as (...given: readonly unknown[]) => Promise<unknown>;
    const chips: ChipWork = { ...parts.chips, [moment]: async (...given: readonly unknown[]) => { await once(); return work(...given); } };
    return { ...parts, chips };
  };
}

function bound(target: object, name: string | symbol): unknown {
  const value = Reflect.get(target, name) as unknown;
  return typeof value === 'function' ? value.bind(target) : value;
}

async function uidsIn(place: string): Promise<readonly string[]> {
  const { cards } = await bench.simulation.control.ask<'look'>({ do: 'look' });
  return cards.filter((card) => card.place === place).map(({ uid }) => uid);
}

/** The one card of an order, by the journal; it must lie in the output and its chips must carry the order's number. */
async function expectOneGoodCard(orderId: string): Promise<void> {
  const records = bench.core.journal.recordsOf(orderId);
  expect(records.filter(({ entry }) => entry.kind === 'settled' && entry.outcome === 'finished')).toHaveLength(1);
  const proof = records.findLast(({ entry }) => entry.kind === 'crosschecked')?.entry;
  if (proof?.kind !== 'crosschecked') throw new Error(`${orderId} was not crosschecked`);
  const { cards } = await bench.simulation.control.ask<'look'>({ do: 'look' });
  const card = cards.find(({ uid }) => uid === proof.uid);
  expect(card).toMatchObject({ place: 'output', printed: true, tag: { orderId } });
}

describe('a card that was exchanged inside the machine', () => {
  it.each(moments)('for a blank, before %s: is never called good', async (moment) => {
    const orderId = await bench.newOrder('mifare+piv', 3);
    let swappedOut = '';
    const said = await bench.produce(orderId, before(moment, async () => {
      const [blank] = await uidsIn('feeder');
      swappedOut = await swapInside(blank ?? '');
    }));
    const story = await bench.attend(orderId, said);
    expect(swappedOut).not.toBe('');
    expect(inWords(story.at(-1) ?? said)).toBe('finished');
    const entries = bench.entries(orderId);
    expect(entries.filter(({ kind }) => kind === 'claimed').length, 'the attempt with two cards was given up').toBeGreaterThan(1);
    await expectOneGoodCard(orderId);
    // The count of blanks that were fed cannot balance: a blank came in by hand.
    expect(bench.checkPlastic().violations.filter((violation) => !violation.includes('were fed'))).toEqual([]);
  });

  it.each(['print', 'finishMifare', 'finishPiv'] as const)('for the finished card of another order, before %s: neither order takes the other one', async (moment) => {
    const first = await bench.newOrder('mifare+piv', 1);
    expect(inWords(await bench.produce(first))).toBe('finished');
    const finishedCard = (await uidsIn('output')).at(-1) ?? '';
    const second = await bench.newOrder('mifare+piv', 2);
    let halfMade = '';
    const said = await bench.produce(second, before(moment, async () => { halfMade = await swapInside(finishedCard); }));
    expect(inWords(said)).not.toBe('finished');
    expect(bench.entries(second).some(({ kind }) => kind === 'crosschecked')).toBe(false);
    // The person sees what was done, and puts the two cards where they belong.
    const { cards } = await bench.simulation.control.ask<'look'>({ do: 'look' });
    expect(cards.find(({ uid }) => uid === halfMade)?.place).toBe('output');
    await bench.simulation.control.ask<'swap-cards'>({ do: 'swap-cards', first: finishedCard, second: halfMade });
    const story = await bench.attend(second, said);
    expect(inWords(story.at(-1) ?? said)).toBe('finished');
    await expectOneGoodCard(first);
    await expectOneGoodCard(second);
  });

  it('leaves no live certificate without a good card', async () => {
    const { issued, revoked, onGoodCards } = await takeCertificateAccount(bench.core, bench.simulation.control, bench.simulation.endpoints.folder);
    expect(revoked.length).toBeGreaterThan(0);
    expect(issued.filter((serial) => !revoked.includes(serial)).toSorted()).toEqual(onGoodCards.toSorted());
  });
});
