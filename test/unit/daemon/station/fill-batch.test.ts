import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBatch } from '../../../../daemon/station/fill-batch.ts';
import type { OrderStore } from '../../../../queue/store/order-store.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import { exampleOrder } from '../../../support/orders/example-order.ts';
import { clockAt, dataKey, newOrder } from '../../../support/queue/stored-orders.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

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

  const ids = (batchId: string, filter: Parameters<typeof createBatch>[2]): readonly string[] => createBatch(store, batchId, filter).orderIds;

  it('holds all queued orders in packing order: express, then by address and company in Swedish order', () => {
    expect(ids('B1', {})).toEqual(['C', 'D', 'A', 'B']);
  });

  it.each([
    ['company', { company: 'åkerlund' }, ['C', 'B']],
    ['express', { express: true }, ['C']],
    ['due time', { dueBefore: 6 }, ['C', 'A']],
    ['order ids', { orderIds: ['B', 'D', 'NOBODY'] }, ['D', 'B']],
    ['two filters at once', { company: 'åkerlund', express: false }, ['B']],
    ['technology', { technology: 'NO-SUCH' }, []],
    ['number', { limit: 2 }, ['C', 'D']],
  ])('holds what fits by %s', (_name, filter, expected) => {
    expect(ids('B1', filter)).toEqual(expected);
  });

  it('takes no order out of another batch, unless that one is over', () => {
    ids('B1', { company: 'åkerlund' });
    expect(ids('B2', {})).toEqual(['D', 'A']);
    store.batches.happen('B1', 'cancel');
    expect(ids('B3', {})).toEqual(['C', 'B']);
    expect(store.batches.ordersOf('B1')).toEqual([]);
  });

  it('takes no order that is not queued', () => {
    store.setState('A', 'HELD');
    expect(ids('B1', {})).toEqual(['C', 'D', 'B']);
  });
});
