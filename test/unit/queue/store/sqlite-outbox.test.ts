import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OrderStore } from '../../../../queue/store/order-store.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import { clockAt, dataKey } from '../../../support/queue/stored-orders.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

describe('The outbox', () => {
  let folder: TemporaryFolder;
  let store: OrderStore;

  beforeEach(async () => {
    folder = await temporaryFolder('outbox');
    store = open();
  });

  afterEach(async () => {
    store[Symbol.dispose]();
    await folder[Symbol.asyncDispose]();
  });

  function open(): OrderStore {
    return openOrderStore({ dir: folder.path, dataKey: dataKey(), clock: clockAt(() => 77) });
  }

  function put(id: string): boolean {
    return store.outbox.put({ id, orderId: 'A', kind: 'produced', body: `{"id":"${id}"}` });
  }

  it('gives messages in their order until they are delivered, over a restart', () => {
    expect([put('e1'), put('e2'), put('e3')]).toEqual([true, true, true]);
    store.outbox.tried('e1');
    store.outbox.tried('e1');
    store[Symbol.dispose]();
    store = open();
    expect(store.outbox.pending(2)).toEqual([
      { id: 'e1', orderId: 'A', kind: 'produced', body: '{"id":"e1"}', seq: 1, at: 77, tries: 2 },
      { id: 'e2', orderId: 'A', kind: 'produced', body: '{"id":"e2"}', seq: 2, at: 77, tries: 0 },
    ]);
    store.outbox.delivered('e1');
    store.outbox.delivered('e1');
    expect(store.outbox.pending(9).map((event) => event.id)).toEqual(['e2', 'e3']);
  });

  it('keeps a message once, also after it was delivered', () => {
    put('e1');
    expect(put('e1')).toBe(false);
    store.outbox.delivered('e1');
    expect(put('e1')).toBe(false);
    expect(store.outbox.pending(9)).toEqual([]);
  });
});
