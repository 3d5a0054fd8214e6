import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { deliverWaiting } from '../../../../daemon/portal/deliver-outbox.ts';
import { openFolderMailbox, openHttpMailbox, type Mailbox } from '../../../../daemon/portal/mailbox.ts';
import type { OrderStore } from '../../../../queue/store/order-store.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import { openPortalServer, type PortalServer } from '../../../../simulator/portal/portal-server.ts';
import { dataKey } from '../../../support/queue/stored-orders.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

describe('Delivery to the portal', () => {
  const { signal } = new AbortController();
  let folder: TemporaryFolder;
  let store: OrderStore;
  let portal: PortalServer;
  let mailbox: Mailbox;
  let troubles: string[];

  beforeEach(async () => {
    folder = await temporaryFolder('portal');
    store = openOrderStore({ dir: join(folder.path, 'store'), dataKey: dataKey(), clock: systemClock });
    portal = await openPortalServer('secret-token');
    await writeFile(join(folder.path, 'token'), 'secret-token\n');
    mailbox = await openHttpMailbox(portal.url, join(folder.path, 'token'));
    troubles = [];
    for (const id of ['A.1.pin', 'A.1.finished', 'B.1.refused']) store.outbox.put({ id, orderId: id.slice(0, 1), kind: 'test', body: JSON.stringify({ of: id }) });
  });

  afterEach(async () => {
    await portal[Symbol.asyncDispose]();
    store[Symbol.dispose]();
    await folder[Symbol.asyncDispose]();
  });

  const deliver = (to: Mailbox = mailbox): Promise<boolean> =>
    deliverWaiting({ outbox: store.outbox, mailbox: to, clock: systemClock, onTrouble: (where, error) => troubles.push(`${where}: ${String(error)}`) }, signal);

  it('brings every message in order and erases it here', async () => {
    expect(await deliver()).toBe(true);
    expect(portal.messages.map(({ id, body }) => [id, body])).toEqual([['A.1.pin', { of: 'A.1.pin' }], ['A.1.finished', { of: 'A.1.finished' }], ['B.1.refused', { of: 'B.1.refused' }]]);
    expect(store.outbox.pending(10)).toEqual([]);
  });

  it('waits for a portal that is down, with nothing lost and nothing overtaken', async () => {
    portal.setMood('is-down');
    expect(await deliver()).toBe(false);
    expect(store.outbox.pending(10).map(({ id, tries }) => [id, tries])).toEqual([['A.1.pin', 1], ['A.1.finished', 0], ['B.1.refused', 0]]);
    expect(troubles[0]).toContain('503');
    portal.setMood('takes');
    expect(await deliver()).toBe(true);
    expect(portal.messages.map(({ id }) => id)).toEqual(['A.1.pin', 'A.1.finished', 'B.1.refused']);
  });

  it('repeats a message whose answer was lost, and the portal keeps it once', async () => {
    portal.setMood('loses-the-answer');
    expect(await deliver()).toBe(false);
    portal.setMood('takes');
    expect(await deliver()).toBe(true);
    expect(portal.messages.length).toBe(3);
    expect(portal.deliveries).toBe(4);
  });

  it('takes no other portal for its own: without the token nothing counts as delivered', async () => {
    expect(await deliver(await openHttpMailbox(portal.url, null))).toBe(false);
    expect([portal.messages.length, store.outbox.pending(10).length]).toEqual([0, 3]);
  });

  it('lays one file a message into a folder, the same one when it is repeated', async () => {
    const box = join(folder.path, 'box');
    const toFolder = await openFolderMailbox(box);
    const [first] = store.outbox.pending(1);
    if (first !== undefined) await toFolder.deliver(first, signal);
    expect(await deliver(toFolder)).toBe(true);
    const names = await readdir(box);
    expect(names.length).toBe(3);
    const ids = await Promise.all(names.map(async (name) => (JSON.parse(await readFile(join(box, name), 'utf8')) as { id: string }).id));
    expect(ids.toSorted()).toEqual(['A.1.finished', 'A.1.pin', 'B.1.refused']);
  });
});
