import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OrderStore } from '../../../../queue/store/order-store.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import { clockAt, dataKey, newOrder } from '../../../support/queue/stored-orders.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

describe('The orders that a new batch may take', () => {
  let folder: TemporaryFolder;
  let store: OrderStore;

  beforeEach(async () => {
    folder = await temporaryFolder('free', '/dev/shm');
    store = openOrderStore({ dir: folder.path, dataKey: dataKey(), clock: clockAt(() => 1) });
  });

  afterEach(async () => {
    store[Symbol.dispose]();
    await folder[Symbol.asyncDispose]();
  });

  /** More than two pages of each kind: due at the same time, at different times, express, and at no time. */
  function fill(): void {
    store.atomically(() => {
      for (let index = 0; index < 250; index += 1) {
        store.putOrder(newOrder(`same-${index}`, { dueAt: 50, files: [] }));
        store.putOrder(newOrder(`due-${index}`, { dueAt: 1_000 - index, files: [] }));
        store.putOrder(newOrder(`never-${index}`, { files: [] }));
        store.putOrder(newOrder(`express-${index}`, { express: true, dueAt: 7 + (index % 3), files: [] }));
      }
      for (let index = 0; index < 20; index += 1) store.putOrder(newOrder(`hasty-${index}`, { express: true, files: [] }));
    });
  }

  it('are all given once, over many pages, in the order in which they are listed', () => {
    fill();
    const given = [...store.free.all()].map(({ orderId }) => orderId);
    expect(given).toHaveLength(1_020);
    expect(given).toEqual(store.listOrders(['QUEUED']).map(({ orderId }) => orderId));
  });

  it('are read as they are at their page: what left meanwhile is not given, and the store can be written to', () => {
    fill();
    const given: string[] = [];
    for (const { orderId } of store.free.all()) {
      given.push(orderId);
      if (given.length === 1) store.setState('never-249', 'HELD');
      if (given.length === 300) store.setState('due-0', 'WITHDRAWN');
    }
    expect(given).toHaveLength(1_018);
    expect(given).not.toContain('due-0');
    expect(given).not.toContain('never-249');
  });
});
