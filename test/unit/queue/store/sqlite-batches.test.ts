import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { batchStates, batchTransitions, nextBatchState } from '../../../../queue/batch/batch-life-cycle.ts';
import type { OrderStore } from '../../../../queue/store/order-store.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import { clockAt, dataKey } from '../../../support/queue/stored-orders.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

describe('The batches of a store', () => {
  let folder: TemporaryFolder;
  let store: OrderStore;

  beforeEach(async () => {
    folder = await temporaryFolder('batches');
    store = openOrderStore({ dir: folder.path, dataKey: dataKey(), clock: clockAt(() => 1) });
  });

  afterEach(async () => {
    store[Symbol.dispose]();
    await folder[Symbol.asyncDispose]();
  });

  it('keep their orders in the order given, each order in one batch', () => {
    const { batches } = store;
    batches.create('B1');
    batches.create('B2');
    batches.setOrders('B1', ['C', 'A', 'B']);
    expect(batches.ordersOf('B1')).toEqual(['C', 'A', 'B']);
    batches.setOrders('B2', ['A']);
    expect(batches.ordersOf('B1')).toEqual(['C', 'B']);
    expect(batches.batchOf('A')).toBe('B2');
    batches.takeOut('A');
    expect(batches.batchOf('A')).toBeNull();
    expect(batches.list().map(({ batchId, orders }) => [batchId, orders])).toEqual([['B2', 0], ['B1', 2]]);
  });

  it('go from open to closed and refuse what cannot happen', () => {
    const { batches } = store;
    batches.create('B1');
    expect(() => batches.create('B1')).toThrow(expect.objectContaining({ code: 'CLI-USAGE' }));
    expect(['freeze', 'start', 'pause', 'resume', 'finish', 'close'].map((event) => batches.happen('B1', event as 'freeze'))).toEqual(['FROZEN', 'RUNNING', 'PAUSED', 'RUNNING', 'COUNTING', 'CLOSED']);
    expect(() => batches.happen('B1', 'start')).toThrow(expect.objectContaining({ code: 'CLI-USAGE' }));
    expect(() => batches.setOrders('B1', ['A'])).toThrow(expect.objectContaining({ code: 'CLI-USAGE' }));
    expect(() => batches.happen('B9', 'start')).toThrow(expect.objectContaining({ code: 'CLI-USAGE' }));
  });

  it('keep who signed for a difference', () => {
    store.batches.create('B1');
    store.batches.sign('B1', { by: 'Kim', reason: 'fell behind the bench', difference: 1 });
    expect(store.batches.find('B1')?.signature).toEqual({ by: 'Kim', reason: 'fell behind the bench', difference: 1 });
  });

  it('end for certain: from every state some events lead to closed or cancelled, and no state follows those', () => {
    const ends = (state: (typeof batchStates)[number], seen: readonly string[] = []): boolean =>
      state === 'CLOSED' || state === 'CANCELLED' || Object.values(batchTransitions[state]).some((next) => !seen.includes(next) && ends(next, [...seen, state]));
    expect(batchStates.filter((state) => !ends(state))).toEqual([]);
    expect([nextBatchState('CLOSED', 'start'), nextBatchState('CANCELLED', 'start')]).toEqual([null, null]);
  });
});
