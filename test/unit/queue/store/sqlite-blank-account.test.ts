import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlankEntry } from '../../../../queue/store/blank-account.ts';
import type { OrderStore } from '../../../../queue/store/order-store.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import { clockAt, dataKey } from '../../../support/queue/stored-orders.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

describe('The account of blanks', () => {
  let folder: TemporaryFolder;
  let store: OrderStore;

  beforeEach(async () => {
    folder = await temporaryFolder('blanks');
    store = openOrderStore({ dir: folder.path, dataKey: dataKey(), clock: clockAt(() => 1) });
  });

  afterEach(async () => {
    store[Symbol.dispose]();
    await folder[Symbol.asyncDispose]();
  });

  function blank(orderId: string, attempt: number, values: Partial<BlankEntry> = {}): BlankEntry {
    return { orderId, attempt, batchId: 'batch', lot: 'lot-7', uid: null, fate: 'fed', ...values };
  }

  it('counts every blank once, by what became of it, and closes', () => {
    const { blanks } = store;
    blanks.record(blank('A', 1));
    blanks.record(blank('A', 1, { uid: '04aa', fate: 'rejected' }));
    blanks.record(blank('A', 2, { fate: 'good' }));
    blanks.record(blank('B', 1));
    blanks.record(blank('C', 1, { fate: 'held' }));
    blanks.record(blank('D', 1, { batchId: 'other', fate: 'good' }));
    expect(blanks.countsOf('batch')).toEqual({ fed: 4, good: 1, rejected: 1, inside: 1, held: 1 });
    expect(blanks.countsOf('other')).toEqual({ fed: 1, good: 1, rejected: 0, inside: 0, held: 0 });
    expect(blanks.countsOf('none')).toEqual({ fed: 0, good: 0, rejected: 0, inside: 0, held: 0 });
    expect(blanks.countsOfLot('lot-7').fed).toBe(5);
  });

  it('keeps the chip of a blank once it is known', () => {
    store.blanks.record(blank('A', 1, { uid: '04aa' }));
    store.blanks.record(blank('A', 1, { fate: 'good' }));
    expect(store.blanks.entriesOf('A')).toEqual([blank('A', 1, { uid: '04aa', fate: 'good' })]);
  });
});
