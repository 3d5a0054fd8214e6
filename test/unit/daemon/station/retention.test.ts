import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { forgetOldOrders } from '../../../../daemon/station/retention.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import { clockAt, dataKey, newOrder } from '../../../support/queue/stored-orders.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const day = 24 * 3_600_000;

describe('Retention', () => {
  it('erases persons, pictures and letters 30 days after shipment, keeps the account, and touches nothing else', async () => {
    await using folder = await temporaryFolder('retention');
    let now = 1_000 * day;
    using store = openOrderStore({ dir: join(folder.path, 'store'), dataKey: dataKey(), clock: clockAt(() => now) });
    const letters = join(folder.path, 'letters');
    await mkdir(letters);
    for (const orderId of ['SHIPPED', 'YOUNG', 'MADE']) {
      store.putOrder(newOrder(orderId));
      await writeFile(join(letters, `${orderId}.pdf`), 'letter');
    }
    store.setState('SHIPPED', 'SHIPPED');
    store.setState('MADE', 'PRODUCED');
    now += 20 * day;
    store.setState('YOUNG', 'SHIPPED');
    expect(await forgetOldOrders(store, letters, 30, now)).toBe(0);
    now += 11 * day;
    expect(await forgetOldOrders(store, letters, 30, now)).toBe(1);
    expect([store.getPayload('SHIPPED'), store.summaryOf('SHIPPED')?.state]).toEqual([null, 'SHIPPED']);
    expect(store.getPayload('YOUNG')?.files.length).toBe(1);
    expect((await readdir(letters)).toSorted()).toEqual(['MADE.pdf', 'YOUNG.pdf']);
    expect(await forgetOldOrders(store, join(folder.path, 'nowhere'), 30, now)).toBe(0);
  });
});
