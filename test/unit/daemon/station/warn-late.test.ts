import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lateOrders } from '../../../../daemon/station/order-desk.ts';
import { LateWarnings } from '../../../../daemon/station/warn-late.ts';
import type { OrderStore } from '../../../../queue/store/order-store.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import { clockAt, dataKey, newOrder } from '../../../support/queue/stored-orders.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

const minute = 60_000;
const hour = 60 * minute;
const start = 1_800_000_000_000;

describe('warnings of orders that come late', () => {
  let folder: TemporaryFolder;
  let store: OrderStore;

  beforeEach(async () => {
    folder = await temporaryFolder('warn');
    store = openOrderStore({ dir: folder.path, dataKey: dataKey(), clock: clockAt(() => start) });
    store.putOrder(newOrder('standard', { dueAt: start + 30 * hour }));
    store.putOrder(newOrder('express', { express: true, dueAt: start + 2 * hour }));
    store.putOrder(newOrder('made', { dueAt: start + hour, state: 'PRODUCED' }));
    store.putOrder(newOrder('waits for approval', { dueAt: null }));
  });

  afterEach(async () => {
    store[Symbol.dispose]();
    await folder[Symbol.asyncDispose]();
  });

  const told = (): readonly string[] => store.outbox.pending(100).map(({ id, kind }) => `${kind} ${id}`);

  test('are told once at risk and once overdue, also by a station that was restarted', () => {
    const warnings = new LateWarnings(store);
    expect(warnings.warn(start)).toBe(0);
    expect(warnings.warn(start + 91 * minute)).toBe(1);
    expect(warnings.warn(start + 92 * minute)).toBe(0);
    expect(new LateWarnings(store).warn(start + 7 * hour)).toBe(2);
    expect(told()).toEqual(['order-due-warning express.DEL-LATE', 'order-due-warning standard.DEL-LATE', 'order-due-warning express.DEL-OVERDUE']);
    for (const { id } of store.outbox.pending(100)) store.outbox.delivered(id);
    expect(new LateWarnings(store).warn(start + 7 * hour)).toBe(0);
    expect(new LateWarnings(store).warn(start + 31 * hour)).toBe(1);
  });

  test('are told of an order that comes in when it is late already', () => {
    const warnings = new LateWarnings(store);
    warnings.warn(start + 40 * hour);
    store.putOrder(newOrder('late at once', { dueAt: start - hour }));
    expect(warnings.warn(start + 40 * hour)).toBe(2);
  });

  test('name the same orders as the status does, the earliest due first and no more than asked for', () => {
    expect(lateOrders(store, start + 7 * hour, 10).map(({ orderId, code }) => [orderId, code])).toEqual([['express', 'DEL-OVERDUE'], ['standard', 'DEL-LATE']]);
    expect(lateOrders(store, start + 7 * hour, 1).map(({ orderId }) => orderId)).toEqual(['express']);
    expect(lateOrders(store, start, 10)).toEqual([]);
  });
});
