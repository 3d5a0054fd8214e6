import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { closeShift, runningShift } from '../../../../daemon/station/shift-book.ts';
import type { BlankFate } from '../../../../queue/store/blank-account.ts';
import type { OrderStore } from '../../../../queue/store/order-store.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import { expectFault } from '../../../support/queue/expect-fault.ts';
import { clockAt, dataKey } from '../../../support/queue/stored-orders.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

describe('the blanks of a shift', () => {
  let folder: TemporaryFolder;
  let store: OrderStore;

  beforeEach(async () => {
    folder = await temporaryFolder('shift');
    store = openOrderStore({ dir: folder.path, dataKey: dataKey(), clock: clockAt(() => 1) });
    store.stock.addLot('L1', 'PIV');
    move('registered', 100);
    move('issued', 20);
  });

  afterEach(async () => {
    store[Symbol.dispose]();
    await folder[Symbol.asyncDispose]();
  });

  function move(kind: 'registered' | 'issued' | 'returned' | 'tested' | 'scrapped', count: number, uids: readonly string[] = []): void {
    store.stock.move({ lot: 'L1', kind, count, batchId: null, by: 'Kim', uids });
  }

  function fed(orderId: string, fate: BlankFate, uid: string | null = null): void {
    store.blanks.record({ orderId, attempt: 1, batchId: 'day-2026-11-22', lot: 'L1', uid, fate });
  }

  test('close when what a person counts is what the books say, and the next shift counts on from there', () => {
    fed('A', 'good');
    fed('B', 'rejected');
    move('tested', 1);
    move('returned', 2);
    expect(closeShift(store, [{ lot: 'L1', count: 15 }], 'Kim', null, 1_000)).toMatchObject({ openedAt: 0, closedAt: 1_000, by: 'Kim', reason: null, lots: [{ lot: 'L1', before: 0, issued: 20, good: 1, rejected: 1, tested: 1, returned: 2, expected: 15, counted: 15, difference: 0 }] });
    fed('C', 'good');
    expect(runningShift(store, [])).toMatchObject({ openedAt: 1_000, lots: [{ before: 15, issued: 0, good: 1, rejected: 0, expected: 14, counted: null }] });
    expect(closeShift(store, [{ lot: 'L1', count: 14 }], 'Lo', null, 2_000).openedAt).toBe(1_000);
    expect(store.shifts.list(5).map(({ by }) => by)).toEqual(['Lo', 'Kim']);
  });

  test('do not close while a blank is missing, unless a person signs with a reason; what was signed does not come up again', () => {
    fed('A', 'good');
    expect(expectFault('QC-COUNT', () => closeShift(store, [{ lot: 'L1', count: 18 }], 'Kim', null, 1_000)).detail.note).toBe('L1: 19 must be at the bench, 18 were counted');
    expect(store.shifts.last()).toBeNull();
    expect(closeShift(store, [{ lot: 'L1', count: 18 }], 'Kim', 'one fell behind the bench', 1_000)).toMatchObject({ reason: 'one fell behind the bench', lots: [{ difference: 1 }] });
    expect(closeShift(store, [{ lot: 'L1', count: 18 }], 'Kim', null, 2_000)).toMatchObject({ reason: null, lots: [{ before: 18, expected: 18, difference: 0 }] });
  });

  test('do not close without a count of what must be at the bench, nor while the fate of a blank is open; a hold is settled in the shift in which it ends', () => {
    expectFault('QC-COUNT', () => closeShift(store, [], 'Kim', null, 1_000));
    fed('A', 'held');
    expect(expectFault('QC-COUNT', () => closeShift(store, [{ lot: 'L1', count: 19 }], 'Kim', null, 1_000)).detail.note).toBe('L1: 0 inside, 1 held');
    closeShift(store, [{ lot: 'L1', count: 19 }], 'Kim', 'A is looked for', 1_000);
    fed('A', 'good');
    expect(closeShift(store, [{ lot: 'L1', count: 19 }], 'Kim', null, 2_000)).toMatchObject({ lots: [{ before: 19, good: 1, unsettled: -1, expected: 19 }] });
    expectFault('CLI-USAGE', () => closeShift(store, [{ lot: 'L9', count: 1 }], 'Kim', null, 3_000));
  });

  test('are told one by one where their UIDs are known, and none is used twice', () => {
    store.stock.addUids('L1', ['04AABB01', '04AABB02', '04AABB03']);
    fed('A', 'good', '04AABB01');
    move('tested', 2, ['04aabb02']);
    expect(store.stock.blankOf('04aabb01')).toEqual({ uid: '04AABB01', lot: 'L1', used: { orderId: 'A', attempt: 1, fate: 'good' }, taken: null });
    expect(store.stock.blankOf('04AABB02')).toEqual({ uid: '04AABB02', lot: 'L1', used: null, taken: 'tested' });
    expect(store.stock.blankOf('04AABB03')).toEqual({ uid: '04AABB03', lot: 'L1', used: null, taken: null });
    expect(store.stock.blankOf('FFFFFFFF')).toBeNull();
    expectFault('CLI-USAGE', () => move('tested', 1, ['04AABB02']));
    expectFault('CLI-USAGE', () => move('tested', 1, ['04AABB01']));
    expectFault('CLI-USAGE', () => move('tested', 1, ['04AABB03', '04AABB04']));
    expectFault('CLI-USAGE', () => move('returned', 1, ['04AABB03']));
    expect(store.stock.blankOf('04AABB03')?.taken).toBeNull();
  });
});
