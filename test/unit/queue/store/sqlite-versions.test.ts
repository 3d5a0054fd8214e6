import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { journalScripts, migrateJournal } from '../../../../queue/journal/journal-schema.ts';
import { openSqliteJournal } from '../../../../queue/journal/sqlite-journal.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import { openSqliteFile } from '../../../../queue/store/sqlite-file.ts';
import { migrateStore, storeScripts } from '../../../../queue/store/store-schema.ts';
import { migrateSqlite } from '../../../../queue/store/sqlite-versions.ts';
import { claimed, settled } from '../../../support/queue/journal-entries.ts';
import { clockAt, dataKey, newOrder } from '../../../support/queue/stored-orders.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

const versionOf = (db: Database.Database): number => Number(db.pragma('user_version', { simple: true }));

describe('A file of an earlier version', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await temporaryFolder('versions');
  });
  afterEach(() => folder[Symbol.asyncDispose]());

  /** A store as the first version of the program made it, with an order in it. */
  function storeOfVersionOne(): string {
    const path = join(folder.path, 'orders.sqlite');
    const db = openSqliteFile(path);
    migrateStore(db, storeScripts.slice(0, 1));
    db.exec(`insert into customer_order (order_id, state, content_hash, payload_digest, duplicate_digest, express, received_at, changed_at, reasons)
             values ('OLD-1', 'PRODUCED', 'h', 'd', x'00', 0, 1, 1, '[]');
             insert into blank values ('OLD-1', 1, 'B0', 'L0', '04AA', 'good', 1)`);
    expect(versionOf(db)).toBe(1);
    db.close();
    return path;
  }

  it('is a store that comes to the present version with all it held, and a copy of how it was', () => {
    const path = storeOfVersionOne();
    using store = openOrderStore({ dir: folder.path, dataKey: dataKey(), clock: systemClock });
    expect(store.summaryOf('OLD-1')?.state).toBe('PRODUCED');
    expect(store.blanks.countsOf('B0').good).toBe(1);
    store.stock.addLot('L1', 'PIV');
    store.batches.create('B1');
    expect(store.putOrder(newOrder('NEW-1'))).toBe('stored');
    const kept = new Database(`${path}.version-1`, { readonly: true });
    expect(versionOf(kept)).toBe(1);
    expect(kept.prepare('select order_id from customer_order').pluck().all()).toEqual(['OLD-1']);
    kept.close();
  });

  it('is migrated once, and again after a migration that was cut off', () => {
    const path = storeOfVersionOne();
    const first = openSqliteFile(path);
    expect(() => migrateSqlite(first, [storeScripts[0] ?? '', 'create table half (x) strict; select no_such_function()'], () => undefined)).toThrow();
    expect([versionOf(first), first.prepare(`select count(*) from sqlite_schema where name = 'half'`).pluck().get()]).toEqual([1, 0]);
    first.close();
    const db = openSqliteFile(path);
    expect(migrateStore(db)).toEqual({ kind: 'migrated', from: 1, to: storeScripts.length });
    expect(migrateStore(db)).toEqual({ kind: 'present' });
    db.close();
    expect([existsSync(`${path}.version-1`), existsSync(`${path}.version-1-2`)]).toEqual([true, true]);
  });

  it('is a journal whose chain still verifies under the next version, which an older program leaves alone', () => {
    const path = join(folder.path, 'journal.sqlite');
    const key = { orderId: 'A', attempt: 1, fence: 1 };
    {
      using journal = openSqliteJournal({ path, clock: clockAt(() => 5) });
      journal.append(key, claimed);
      journal.append(key, settled('refused'));
    }
    const next = [...journalScripts, 'create table shift (shift_id text primary key) strict'];
    const db = openSqliteFile(path);
    expect(migrateJournal(db, next)).toEqual({ kind: 'migrated', from: journalScripts.length, to: next.length });
    expect(db.prepare('select kind from event order by seq').pluck().all()).toEqual(['claimed', 'settled']);
    expect(() => migrateJournal(db)).toThrow(expect.objectContaining({ code: 'JRN-BROKEN' }));
    db.close();
    expect(() => openSqliteJournal({ path, clock: systemClock })).toThrow(expect.objectContaining({ code: 'JRN-BROKEN' }));
    const kept = `${path}.version-${journalScripts.length}`;
    using journal = openSqliteJournal({ path: kept, clock: systemClock });
    expect(journal.verify()).toMatchObject({ records: 2, brokenAt: null });
  });
});
