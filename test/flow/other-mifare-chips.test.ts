import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ruleContext } from '../../daemon/compose-rules.ts';
import { checkOrders } from '../../daemon/intake/check-orders.ts';
import type { AcceptedOrder } from '../../daemon/intake/intake-result.ts';
import { produceOrder } from '../../daemon/produce/produce-order.ts';
import { acceptOrders } from '../../daemon/station/accept-orders.ts';
import { loadOrder } from '../../daemon/station/load-order.ts';
import { decodeAccessBits } from '../../drivers/codec/access-bits.ts';
import { decodeDirectory } from '../../drivers/codec/mad.ts';
import { dataBlocks, trailerBlock } from '../../drivers/codec/mifare-layout.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { nothingKnown } from '../../queue/rules/rule-context.ts';
import type { SeenCard } from '../../simulator/script/control-protocol.ts';
import { FaultBench, inWords } from '../faults/fault-bench.ts';

const never = new AbortController().signal;
const TRANSPORT = 'FFFFFFFFFFFFFF078069FFFFFFFFFFFF';

describe('cards with a MIFARE chip of another size, through every wire', () => {
  let bench: FaultBench;
  let sample: AcceptedOrder;

  beforeAll(async () => {
    bench = await FaultBench.open();
    const { core, simulation } = bench;
    const { accepted } = await checkOrders([join(packageRoot(), 'samples', 'batch')], ruleContext(simulation.config.site, core.profiles, core.renderer, nothingKnown, systemClock));
    const found = accepted.find(({ order }) => order.company.sectorProfileId !== undefined && order.card.number === undefined);
    if (found === undefined) throw new Error('no sample order with company sectors');
    sample = found;
  });
  afterAll(() => bench?.[Symbol.asyncDispose]());

  /** Accepts the sample order for a card of this profile with these company sectors. */
  function accept(orderId: string, profileId: string, sectorProfileId: string): void {
    const { order } = sample;
    const changed = { ...order, orderId, card: { ...order.card, profileId }, company: { ...order.company, sectorProfileId } };
    const [acceptance] = acceptOrders(bench.core.store, [{ ...sample, order: changed, contentHash: `${sample.contentHash.slice(0, 48)}${Buffer.from(orderId.padEnd(8)).toString('hex')}` }]);
    expect(acceptance?.answer).toBe('stored');
  }

  async function produce(orderId: string): Promise<string> {
    const { claimed, kind } = loadOrder(bench.core, orderId, 1, never);
    return inWords(await produceOrder(bench.core.parts, claimed, kind, never));
  }

  async function lastCard(place: SeenCard['place']): Promise<{ readonly card: SeenCard; readonly blocks: readonly string[] }> {
    const { cards } = await bench.simulation.control.ask<'look'>({ do: 'look' });
    const card = cards.findLast((seen) => seen.place === place);
    if (card === undefined) throw new Error(`no card in ${place}`);
    const { chips } = await bench.simulation.control.ask<'dump-chips'>({ do: 'dump-chips', uid: card.uid });
    return { card, blocks: (chips.find(({ kind }) => kind !== 'piv')?.memory ?? []) as readonly string[] };
  }

  const directory = (blocks: readonly string[], from: number, to: number, version: 1 | 2) => decodeDirectory(Uint8Array.from(Buffer.from(blocks.slice(from, to).join(''), 'hex')), version);
  const trailers = (blocks: readonly string[], sectors: number): readonly string[] => Array.from({ length: sectors }, (_, sector) => blocks[trailerBlock(sector)] ?? '');

  it('ENC-WRONG-BLANK: a 1K fed for a 4K order goes to the reject box as it was delivered, and the 4K after it becomes the card', async () => {
    accept('WIDE-1', 'id06-piv-mifare-4k', 'akerlund-gates');
    await bench.fill('mifare+piv', 1);
    expect(await produce('WIDE-1')).toMatch(/^paused for (ENC-WRONG-BLANK|PRN-FEEDER-EMPTY)$/);
    const wrong = await lastCard('reject');
    expect(wrong.card.kind).toBe('mifare+piv');
    expect(trailers(wrong.blocks, 16)).toEqual(new Array<string>(16).fill(TRANSPORT));
    expect(wrong.blocks.filter((block, number) => number > 0 && number % 4 !== 3 && !/^0+$/.test(block))).toEqual([]);
    const reasons = bench.entries('WIDE-1').flatMap((entry) => (entry.kind === 'settled' && entry.reason !== undefined ? [entry.reason] : []));
    expect(reasons).toEqual(['ENC-WRONG-BLANK']);

    await bench.fill('mifare-4k+piv', 1);
    expect(await produce('WIDE-1')).toBe('finished');
    const { card, blocks } = await lastCard('output');
    expect(card).toMatchObject({ kind: 'mifare-4k+piv', tag: { orderId: 'WIDE-1' } });
    expect(trailers(blocks, 40).filter((trailer) => trailer.startsWith('FFFFFFFFFFFF') || trailer.endsWith('FFFFFFFFFFFF') || decodeAccessBits(Uint8Array.from(Buffer.from(trailer.slice(12, 18), 'hex'))) === null)).toEqual([]);
    expect(directory(blocks, 1, 3, 1)?.aids.filter((aid) => aid !== '0000')).toEqual([]);
    const second = directory(blocks, 64, 67, 2);
    expect([17, 33, 39].map((sector) => second?.aids[sector - 17])).toEqual(['518B', '518C', '0002']);
    const large = dataBlocks(33).map((block) => blocks[block] ?? '');
    expect(Buffer.from(large[5] ?? '', 'hex').toString('latin1').trimEnd()).toBe('WIDE-1');
    expect(large[14]).toBe('0102030405060708090A0B0C0D0E0F10');
  }, 120_000);

  it('a Mini takes the same company sectors as a 1K', async () => {
    accept('MINI-1', 'id06-piv-mifare-mini', 'akerlund-doors');
    await bench.fill('mifare-mini+piv', 1);
    expect(await produce('MINI-1')).toBe('finished');
    const { card, blocks } = await lastCard('output');
    expect(card).toMatchObject({ kind: 'mifare-mini+piv', tag: { orderId: 'MINI-1' } });
    expect(blocks).toHaveLength(20);
    expect(trailers(blocks, 5).filter((trailer) => trailer.startsWith('FFFFFFFFFFFF') || trailer.endsWith('FFFFFFFFFFFF'))).toEqual([]);
    expect(directory(blocks, 1, 3, 1)?.aids.slice(0, 4)).toEqual(['0000', '5189', '518A', '0002']);
  }, 120_000);
});
