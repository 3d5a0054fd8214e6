import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { Secret } from '../../../../drivers/contracts/secret.ts';
import type { OrderStore } from '../../../../queue/store/order-store.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import { startProgram } from '../../../support/child-program.ts';
import { expectFault } from '../../../support/queue/expect-fault.ts';
import { clockAt, dataKey, newOrder, person, photoOf } from '../../../support/queue/stored-orders.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

let folder: TemporaryFolder;
let now: number;
let store: OrderStore;

beforeEach(async () => {
  folder = await temporaryFolder('store');
  now = Date.UTC(2026, 10, 22);
  store = open();
});

afterEach(async () => {
  store[Symbol.dispose]();
  await folder[Symbol.asyncDispose]();
});

function open(key = dataKey()): OrderStore {
  return openOrderStore({ dir: folder.path, dataKey: key, clock: clockAt(() => now) });
}

function reopen(): void {
  store[Symbol.dispose]();
  store = open();
}

/** Asked in another process: reading the database here would end the store's lock. */
function filesHolding(text: string): string {
  return spawnSync('grep', ['-ral', text, folder.path], { encoding: 'utf8' }).stdout;
}

function idsOf(orders: readonly { readonly orderId: string }[]): readonly string[] {
  return orders.map((order) => order.orderId);
}

describe('The order store', () => {
  it('gives back what was put, after reopening', () => {
    expect(store.putOrder(newOrder('A', { express: true, dueAt: 5 }))).toBe('stored');
    reopen();
    const payload = newOrder('A').payload;
    expect(store.getPayload('A')).toEqual({ payload, digest: createHash('sha256').update(payload).digest('hex'), files: [{ role: 'photo', bytes: Buffer.from(photoOf('A')) }] });
    expect(store.summaryOf('A')).toEqual({
      orderId: 'A', state: 'QUEUED', contentHash: 'hash of A', payloadDigest: createHash('sha256').update(payload).digest('hex'), express: true, dueAt: 5, receivedAt: now, changedAt: now, reasons: [],
    });
    expect(store.getPayload('B')).toBeNull();
    expect(store.summaryOf('B')).toBeNull();
  });

  it('knows the same order again and names a conflict, and keeps the first content', () => {
    store.putOrder(newOrder('A'));
    expect(store.putOrder(newOrder('A', { state: 'HELD' }))).toBe('known');
    expect(store.putOrder(newOrder('A', { contentHash: 'other', payload: '{}' }))).toBe('conflict');
    expect(store.getPayload('A')?.payload).toBe(newOrder('A').payload);
    expect(store.contentHashOf('A')).toBe('hash of A');
    expect(store.contentHashOf('B')).toBeNull();
  });

  it('replaces an order that was corrected, pictures too', () => {
    expectFault('STO-UNKNOWN-ORDER', () => store.replaceOrder(newOrder('A')));
    store.putOrder(newOrder('A', { state: 'REJECTED' }));
    store.replaceOrder(newOrder('A', { contentHash: 'better', payload: '{"better":true}', files: [{ role: 'photo', bytes: photoOf('B') }, { role: 'logo', bytes: photoOf('C') }] }));
    expect(store.getPayload('A')).toMatchObject({ payload: '{"better":true}', files: [{ role: 'photo' }, { role: 'logo' }] });
    expect(store.contentHashOf('A')).toBe('better');
  });

  it('keeps a person in no file in plain text: neither name, nor number, nor picture', () => {
    store.putOrder(newOrder('A', { files: [{ role: 'photo', bytes: photoOf('A') }, { role: 'logo', bytes: photoOf('logo') }] }));
    store.outbox.put({ id: 'e1', orderId: 'A', kind: 'produced', body: JSON.stringify(person) });
    store.ordersWithDuplicateKey(newOrder('A').duplicateKey);
    expect([person.name, 'Testfall', person.personnummer, '0905271474', 'photo of'].map(filesHolding)).toEqual(['', '', '', '', '']);
    expect(filesHolding('hash of A')).not.toBe('');
    store[Symbol.dispose]();
    expect([person.name, 'Testfall', person.personnummer].map(filesHolding)).toEqual(['', '', '']);
  });

  it('is private to its user', () => {
    store.putOrder(newOrder('A'));
    const open_ = readdirSync(folder.path, { recursive: true, encoding: 'utf8' }).filter((name) => (statSync(join(folder.path, name)).mode & 0o077) !== 0);
    expect(open_).toEqual([]);
  });

  it('changes states with their reasons, and only from the state that was expected', () => {
    store.putOrder(newOrder('A'));
    now += 1_000;
    expect(store.setState('A', 'IN_PRODUCTION', { expected: 'QUEUED' })).toBe(true);
    expect(store.setState('A', 'IN_PRODUCTION', { expected: 'QUEUED' })).toBe(false);
    expect(store.setState('A', 'HELD', { reasons: ['PRN-JAM', 'QC-UNKNOWN-OUTCOME'] })).toBe(true);
    reopen();
    expect(store.summaryOf('A')).toMatchObject({ state: 'HELD', reasons: ['PRN-JAM', 'QC-UNKNOWN-OUTCOME'], changedAt: now });
    store.setState('A', 'QUEUED');
    expect(store.summaryOf('A')?.reasons).toEqual([]);
    expectFault('STO-UNKNOWN-ORDER', () => store.setState('B', 'QUEUED'));
    expectFault('STO-UNKNOWN-ORDER', () => store.setDue('B', { express: true, dueAt: 1 }));
  });

  it('lists by state: express first, then by due time, then by arrival', () => {
    for (const [orderId, express, dueAt] of [['late', false, 9], ['unknown', false, null], ['early', false, 3], ['express', true, 8], ['early-2', false, 3]] as const) store.putOrder(newOrder(orderId, { express, dueAt }));
    store.putOrder(newOrder('other', { state: 'HELD', dueAt: 1 }));
    expect(idsOf(store.listOrders(['QUEUED']))).toEqual(['express', 'early', 'early-2', 'late', 'unknown']);
    expect(idsOf(store.listOrders(['QUEUED', 'HELD'], 3))).toEqual(['express', 'other', 'early']);
    store.setDue('unknown', { express: true, dueAt: 1 });
    expect(idsOf(store.listOrders(['QUEUED'], 1))).toEqual(['unknown']);
    expect(store.countByState()).toEqual({ QUEUED: 5, HELD: 1 });
  });

  it('leaves out what a batch keeps from being made, and what is in a batch already where one is filled', () => {
    for (const orderId of ['open', 'running', 'over', 'none']) store.putOrder(newOrder(orderId));
    for (const batchId of ['open', 'running', 'over']) {
      store.batches.create(batchId);
      store.batches.setOrders(batchId, [batchId]);
    }
    store.batches.happen('running', 'start');
    store.batches.happen('over', 'cancel');
    expect(idsOf(store.makeable(['QUEUED'], 10))).toEqual(['running', 'none']);
    expect(idsOf([...store.free.all()])).toEqual(['over', 'none']);
    expect(['open', 'running', 'over', 'none', 'nobody'].map((orderId) => store.free.named(orderId)?.orderId)).toEqual([undefined, undefined, 'over', 'none', undefined]);
  });

  it('finds the other orders of a person, of a picture, of a message', () => {
    store.putOrder(newOrder('A', { messageId: 'm1' }));
    store.putOrder(newOrder('B', { files: [{ role: 'photo', bytes: photoOf('A') }] }));
    store.putOrder(newOrder('C', { duplicateKey: 'another' }));
    expect(idsOf(store.ordersWithDuplicateKey(newOrder('A').duplicateKey))).toEqual(['A', 'B']);
    expect(idsOf(store.ordersWithDuplicateKey('nobody'))).toEqual([]);
    expect(idsOf(store.ordersWithFile(createHash('sha256').update(photoOf('A')).digest('hex')))).toEqual(['A', 'B']);
    expect([store.orderOfMessage('m1'), store.orderOfMessage('m2')]).toEqual(['A', null]);
  });

  it('does all of a transaction or nothing of it', () => {
    store.putOrder(newOrder('A'));
    expect(() =>
      store.atomically(() => {
        store.setState('A', 'PRODUCED');
        store.outbox.put({ id: 'e1', orderId: 'A', kind: 'produced', body: '{}' });
        throw new Error('a surprise');
      }),
    ).toThrow('a surprise');
    expect(store.summaryOf('A')?.state).toBe('QUEUED');
    expect(store.outbox.pending(9)).toEqual([]);
    store.atomically(() => store.atomically(() => store.setState('A', 'PRODUCED')));
    expect(store.summaryOf('A')?.state).toBe('PRODUCED');
  });

  it('forgets persons and pictures after their time, and keeps the account', () => {
    store.putOrder(newOrder('old', { state: 'CLOSED', files: [{ role: 'photo', bytes: photoOf('old') }, { role: 'logo', bytes: photoOf('shared') }] }));
    store.putOrder(newOrder('open', { files: [{ role: 'logo', bytes: photoOf('shared') }] }));
    const number = store.cardNumbers.reserve('old', 1);
    now += 1_000;
    store.putOrder(newOrder('young', { state: 'CLOSED' }));
    expect(store.forgetPersonalData(['CLOSED'], now)).toBe(1);
    expect(store.forgetPersonalData(['CLOSED'], now)).toBe(0);
    expect([store.getPayload('old'), store.getPayload('open')?.files.length, store.getPayload('young')?.files.length]).toEqual([null, 1, 1]);
    expect(store.summaryOf('old')).toMatchObject({ state: 'CLOSED', contentHash: 'hash of old' });
    expect(store.cardNumbers.find(number)?.orderId).toBe('old');
    expect(readdirSync(join(folder.path, 'files'), { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('/'))).toHaveLength(2);
  });
});

describe('A store that something is wrong with', () => {
  it('is not opened twice, in one process or in two', async () => {
    expectFault('STO-IN-USE', open);
    await using child = startProgram('test/support/queue/number-reserver', [folder.path]);
    expect(await child.ended()).toBe(0);
    expect(child.lines).toEqual(['STO-IN-USE']);
  });

  it('is not opened with another data key, or one of another length', () => {
    store.putOrder(newOrder('A'));
    store[Symbol.dispose]();
    expectFault('STO-KEY', () => open(dataKey(8)));
    expectFault('STO-KEY', () => open(Secret.take(new Uint8Array(16))));
    store = open();
    expect(store.getPayload('A')).not.toBeNull();
  });

  it('does not give out a payload or picture that was changed, exchanged or lost', () => {
    store.putOrder(newOrder('A'));
    store.putOrder(newOrder('B'));
    store[Symbol.dispose]();
    const db = new Database(join(folder.path, 'orders.sqlite'));
    db.exec(`update customer_order set payload = (select payload from customer_order where order_id = 'B') where order_id = 'A'`);
    db.close();
    store = open();
    expectFault('STO-BROKEN', () => store.getPayload('A'));
    const digest = createHash('sha256').update(photoOf('B')).digest('hex');
    const picture = join(folder.path, 'files', digest.slice(0, 2), digest);
    const bytes = readFileSync(picture);
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    writeFileSync(picture, bytes);
    expectFault('STO-BROKEN', () => store.getPayload('B'));
    rmSync(picture);
    expectFault('STO-BROKEN', () => store.getPayload('B'));
  });

  it('of a newer program, or that is no store, is not opened', () => {
    store[Symbol.dispose]();
    const path = join(folder.path, 'orders.sqlite');
    const db = new Database(path);
    db.pragma('user_version = 99');
    db.close();
    expectFault('STO-BROKEN', open);
    writeFileSync(path, 'no database at all '.repeat(300));
    expectFault('STO-BROKEN', open);
  });

  it('has every number that was given out after its process was killed, and never gives one twice', async () => {
    store[Symbol.dispose]();
    const given: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      await using child = startProgram('test/support/queue/number-reserver', [folder.path, String(round * 1_000_000 + 1)]);
      await child.untilLines(40);
      child.kill('SIGKILL');
      await child.ended();
      given.push(...child.lines);
    }
    expect(given.length).toBeGreaterThanOrEqual(160);
    expect(new Set(given).size).toBe(given.length);
    now = systemClock.now();
    store = open();
    expect(given.map((number) => store.cardNumbers.find(number)?.orderId)).toEqual(given.map(() => 'A'));
    expect(given).not.toContain(store.cardNumbers.reserve('B', 1));
  });
});
