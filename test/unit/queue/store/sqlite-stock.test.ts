import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { atBench, countsClose, inStock } from '../../../../queue/stock/stock-account.ts';
import type { OrderStore } from '../../../../queue/store/order-store.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import { clockAt, dataKey } from '../../../support/queue/stored-orders.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

describe('The stock book', () => {
  let folder: TemporaryFolder;
  let store: OrderStore;

  beforeEach(async () => {
    folder = await temporaryFolder('stock');
    store = openOrderStore({ dir: folder.path, dataKey: dataKey(), clock: clockAt(() => 1) });
    store.stock.addLot('L1', 'PIV + MIFARE 1K');
  });

  afterEach(async () => {
    store[Symbol.dispose]();
    await folder[Symbol.asyncDispose]();
  });

  const move = (kind: 'registered' | 'issued' | 'returned' | 'tested' | 'scrapped', count: number, batchId: string | null = null): void =>
    store.stock.move({ lot: 'L1', kind, count, batchId, by: 'Kim' });

  function fed(orderId: string, fate: 'fed' | 'good' | 'rejected' | 'held'): void {
    store.blanks.record({ orderId, attempt: 1, batchId: 'B1', lot: 'L1', uid: null, fate });
  }

  it('tells what lies in stock and at the bench, and closes when every blank is accounted for', () => {
    move('registered', 500);
    move('scrapped', 1);
    move('issued', 10, 'B1');
    fed('A', 'good');
    fed('B', 'rejected');
    fed('C', 'fed');
    expect(inStock(store.stock.tallyOfLot('L1'))).toBe(489);
    expect(atBench(store.stock.tallyOfBatch('B1'))).toBe(7);
    move('tested', 1, 'B1');
    move('returned', 6, 'B1');
    expect(atBench(store.stock.tallyOfBatch('B1'))).toBe(0);
    expect(countsClose(store.stock.tallyOfBatch('B1'))).toBe(false);
    fed('C', 'good');
    expect(countsClose(store.stock.tallyOfBatch('B1'))).toBe(true);
    expect(inStock(store.stock.tallyOfLot('L1'))).toBe(495);
  });

  it('does not close while a blank is missing', () => {
    move('registered', 20);
    move('issued', 5, 'B1');
    fed('A', 'good');
    move('returned', 3, 'B1');
    expect(countsClose(store.stock.tallyOfBatch('B1'))).toBe(false);
    expect(atBench(store.stock.tallyOfBatch('B1'))).toBe(1);
  });

  it('asks only for nothing inside where no blanks are issued from stock', () => {
    fed('A', 'good');
    expect(countsClose(store.stock.tallyOfBatch('B1'))).toBe(true);
    fed('B', 'held');
    expect(countsClose(store.stock.tallyOfBatch('B1'))).toBe(false);
  });

  it('moves no blank that is not there', () => {
    move('registered', 5);
    expect(() => move('issued', 6)).toThrow(expect.objectContaining({ code: 'CLI-USAGE', detail: expect.objectContaining({ field: 'count' }) as unknown }));
    expect(() => move('returned', 1)).toThrow(expect.objectContaining({ code: 'CLI-USAGE' }));
    expect(() => move('issued', 0)).toThrow(expect.objectContaining({ code: 'CLI-USAGE' }));
    expect(() => store.stock.move({ lot: 'L9', kind: 'registered', count: 1, batchId: null, by: 'Kim' })).toThrow(expect.objectContaining({ detail: expect.objectContaining({ field: 'lot' }) as unknown }));
  });

  it('knows blanks by UID in either case, each in one lot', () => {
    store.stock.addLot('L2', 'PIV');
    store.stock.addUids('L1', ['04aabbcc', '04AABBCC', '04AABBCD']);
    expect(store.stock.lotOfUid('04AaBbCc')).toBe('L1');
    expect(store.stock.lotOfUid('04000000')).toBeNull();
    expect(() => store.stock.addUids('L2', ['04AABBCD'])).toThrow(expect.objectContaining({ code: 'CLI-USAGE' }));
    expect(store.stock.lots()).toEqual([{ lot: 'L1', product: 'PIV + MIFARE 1K', uids: 2 }, { lot: 'L2', product: 'PIV', uids: 0 }]);
    expect(() => store.stock.addLot('L2', 'other')).toThrow(expect.objectContaining({ code: 'CLI-USAGE' }));
  });

  it('names the lot that was issued last', () => {
    expect(store.stock.lotAtBench()).toBeNull();
    store.stock.addLot('L2', 'PIV');
    move('registered', 5);
    store.stock.move({ lot: 'L2', kind: 'registered', count: 5, batchId: null, by: 'Kim' });
    move('issued', 1);
    store.stock.move({ lot: 'L2', kind: 'issued', count: 1, batchId: null, by: 'Kim' });
    move('returned', 1);
    expect(store.stock.lotAtBench()).toBe('L2');
  });
});
