import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { orderStates } from '../../../../queue/order/life-cycle.ts';
import type { OrderStore } from '../../../../queue/store/order-store.ts';
import { openSqliteFile } from '../../../../queue/store/sqlite-file.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import { migrateStore, storeScripts } from '../../../../queue/store/store-schema.ts';
import { clockAt, dataKey, newOrder } from '../../../support/queue/stored-orders.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** Every order of every state, and every waiting message, read and counted one by one. */
function countedAnew(store: OrderStore): { readonly orders: Readonly<Record<string, number>>; readonly messages: number } {
  const orders = orderStates.map((state) => [state, store.listOrders([state]).length] as const);
  return { orders: Object.fromEntries(orders.filter(([, count]) => count > 0)), messages: store.outbox.pending(-1).length };
}

const kept = (store: OrderStore): ReturnType<typeof countedAnew> => ({ orders: store.countByState(), messages: store.outbox.waiting() });

const id = fc.nat({ max: 5 }).map((number) => `O${number}`);
const state = fc.constantFrom(...orderStates);
type Act = (store: OrderStore) => void;
const acts: readonly fc.Arbitrary<Act>[] = [
  fc.tuple(id, state).map(([orderId, to]): Act => (store) => store.putOrder(newOrder(orderId, { state: to, files: [] }))),
  fc.tuple(id, state).map(([orderId, to]): Act => (store) => store.summaryOf(orderId) === null || store.replaceOrder(newOrder(orderId, { state: to, contentHash: 'better', files: [] }))),
  fc.tuple(id, state).map(([orderId, to]): Act => (store) => store.summaryOf(orderId) === null || store.setState(orderId, to)),
  fc.tuple(id, fc.boolean()).map(([orderId, express]): Act => (store) => store.summaryOf(orderId) === null || store.setDue(orderId, { express, dueAt: 4 })),
  id.map((orderId): Act => (store) => store.outbox.put({ id: orderId, orderId, kind: 'order-state', body: '{}' })),
  id.map((orderId): Act => (store) => store.outbox.delivered(orderId)),
];
const act = fc.oneof(...acts);
/** Some acts together, and whether their transaction is taken back at its end. */
const step = fc.record({ acts: fc.array(act, { minLength: 1, maxLength: 4 }), taken: fc.boolean() });

describe('The counts that a store keeps beside its rows', () => {
  it('are those of a full count after any acts, also when a transaction is taken back, and after it was opened anew', async () => {
    await using folder = await temporaryFolder('counts', '/dev/shm');
    let story = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const options = { dir: join(folder.path, String((story += 1))), dataKey: dataKey(), clock: clockAt(() => 5) };
        {
          using store = openOrderStore(options);
          for (const { acts: together, taken } of steps) {
            const work = (): void => {
              for (const each of together) each(store);
              if (!taken) throw new RangeError('taken back');
            };
            if (taken) store.atomically(work);
            else expect(() => store.atomically(work)).toThrow(RangeError);
            expect(kept(store)).toEqual(countedAnew(store));
          }
          store.forgetPersonalData(orderStates, 10);
          expect(kept(store)).toEqual(countedAnew(store));
        }
        using store = openOrderStore(options);
        expect(kept(store)).toEqual(countedAnew(store));
      }),
      { numRuns: 25, seed: 5 },
    );
  });

  it('are filled when a store of the version before is opened', async () => {
    await using folder = await temporaryFolder('counts');
    const db = openSqliteFile(join(folder.path, 'orders.sqlite'));
    migrateStore(db, storeScripts.slice(0, 3));
    const put = db.prepare(`insert into customer_order (order_id, state, content_hash, payload_digest, duplicate_digest, express, received_at, changed_at, reasons) values (?, ?, 'h', 'd', x'00', 0, 1, 1, '[]')`);
    for (const [orderId, at] of [['A', 'QUEUED'], ['B', 'QUEUED'], ['C', 'HELD']]) put.run(orderId, at);
    db.exec(`insert into outbox (id, order_id, kind, at, delivered_at) values ('e1', 'A', 'x', 1, null), ('e2', 'B', 'x', 1, 2)`);
    db.close();
    using store = openOrderStore({ dir: folder.path, dataKey: dataKey(), clock: systemClock });
    expect(kept(store)).toEqual({ orders: { QUEUED: 2, HELD: 1 }, messages: 1 });
    store.setState('C', 'QUEUED');
    expect(kept(store)).toEqual({ orders: { QUEUED: 3 }, messages: 1 });
  });

  it('follow a row that is deleted by hand', async () => {
    await using folder = await temporaryFolder('counts');
    const options = { dir: folder.path, dataKey: dataKey(), clock: systemClock };
    {
      using store = openOrderStore(options);
      store.putOrder(newOrder('A', { files: [] }));
      store.putOrder(newOrder('B', { files: [] }));
      store.outbox.put({ id: 'e1', orderId: 'A', kind: 'x', body: '{}' });
    }
    const db = new Database(join(folder.path, 'orders.sqlite'));
    db.exec(`delete from customer_order where order_id = 'A'; delete from outbox`);
    db.close();
    using store = openOrderStore(options);
    expect(kept(store)).toEqual({ orders: { QUEUED: 1 }, messages: 0 });
  });
});
