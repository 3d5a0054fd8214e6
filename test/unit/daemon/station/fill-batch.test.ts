import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBatch } from '../../../../daemon/station/fill-batch.ts';
import type { BatchFilter } from '../../../../daemon/station/station-desk.ts';
import { systemClock, type Clock } from '../../../../drivers/contracts/clock.ts';
import type { OrderStore } from '../../../../queue/store/order-store.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import { exampleOrder } from '../../../support/orders/example-order.ts';
import { clockAt, dataKey, newOrder } from '../../../support/queue/stored-orders.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

const never = new AbortController().signal;

describe('A batch made from filters', () => {
  let folder: TemporaryFolder;
  let store: OrderStore;

  beforeEach(async () => {
    folder = await temporaryFolder('fill-batch');
    store = openOrderStore({ dir: folder.path, dataKey: dataKey(), clock: clockAt(() => 1) });
    put('A', 'Zettergrens Bygg AB', 5);
    put('B', 'Åkerlund Bygg AB', 9);
    put('C', 'Åkerlund Bygg AB', 3, true);
    put('D', 'Arvidssons Mark AB', 7);
  });

  afterEach(async () => {
    store[Symbol.dispose]();
    await folder[Symbol.asyncDispose]();
  });

  function put(orderId: string, registeredName: string, dueAt: number, express = false): void {
    const example = exampleOrder();
    const delivery = express ? { ...example.delivery, mode: 'EXPRESS_PICKUP', pickupPoint: 'STOCKHOLM' } : example.delivery;
    const order = { ...example, orderId, company: { ...example.company, registeredName }, delivery };
    store.putOrder(newOrder(orderId, { express, dueAt, payload: JSON.stringify(order) }));
  }

  async function ids(batchId: string, filter: BatchFilter, clock: Clock = systemClock): Promise<readonly string[]> {
    return (await createBatch({ store, clock, signal: never }, batchId, filter)).orderIds;
  }

  it('holds all queued orders in packing order: express, then by address and company in Swedish order', async () => {
    expect(await ids('B1', {})).toEqual(['C', 'D', 'A', 'B']);
  });

  it.each([
    ['company', { company: 'åkerlund' }, ['C', 'B']],
    ['express', { express: true }, ['C']],
    ['due time', { dueBefore: 6 }, ['C', 'A']],
    ['order ids', { orderIds: ['B', 'D', 'NOBODY'] }, ['D', 'B']],
    ['two filters at once', { company: 'åkerlund', express: false }, ['B']],
    ['technology', { technology: 'NO-SUCH' }, []],
    ['number', { limit: 2 }, ['C', 'D']],
  ])('holds what fits by %s', async (_name, filter, expected) => {
    expect(await ids('B1', filter)).toEqual(expected);
  });

  it('takes no order out of another batch, unless that one is over', async () => {
    await ids('B1', { company: 'åkerlund' });
    expect(await ids('B2', {})).toEqual(['D', 'A']);
    store.batches.happen('B1', 'cancel');
    expect(await ids('B3', {})).toEqual(['C', 'B']);
    expect(store.batches.ordersOf('B1')).toEqual([]);
  });

  it('takes no order that is not queued', async () => {
    store.setState('A', 'HELD');
    expect(await ids('B1', {})).toEqual(['C', 'D', 'B']);
  });

  /** A clock for which every order takes longer than a slice. */
  function slowClock(onBreath: () => void): Clock {
    let at = 0;
    return { ...systemClock, steady: () => (at += 1_000), sleep: async (_ms, signal) => (signal.aborted ? systemClock.sleep(0, signal) : onBreath()) };
  }

  it('lets others work on the store while it looks, and takes what is still as it was seen', async () => {
    let breaths = 0;
    const clock = slowClock(() => {
      breaths += 1;
      if (breaths !== 4) return;
      store.setState('A', 'IN_PRODUCTION');
      store.setDue('B', { express: false, dueAt: 2 });
      store.replaceOrder(newOrder('D', { dueAt: 7, contentHash: 'corrected' }));
      put('E', 'Arvidssons Mark AB', 8);
    });
    expect(await ids('B1', {}, clock)).toEqual(['C']);
    expect(breaths).toBe(4);
  });

  it('leaves the place of what was taken meanwhile to the next', async () => {
    let other: Promise<readonly string[]> | undefined;
    const clock = slowClock(() => { other ??= ids('B2', { orderIds: ['C', 'D'] }); });
    expect(await ids('B1', { limit: 2 }, clock)).toEqual(['A', 'B']);
    expect(await other).toEqual(['C', 'D']);
  });

  it('is not made when the station ends meanwhile', async () => {
    await expect(createBatch({ store, clock: slowClock(() => undefined), signal: AbortSignal.abort() }, 'B1', {})).rejects.toMatchObject({ code: 'STA-ABORTED' });
    expect(store.batches.find('B1')).toBeNull();
  });
});
