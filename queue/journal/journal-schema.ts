import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { genesisHash } from './journal-chain.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { migrateSqlite, type Migration } from '../store/sqlite-versions.ts';

const firstVersion = `
create table event (
  seq integer primary key,
  order_id text not null,
  attempt integer not null,
  fence integer not null,
  kind text not null,
  at integer not null,
  body text not null,
  prev blob not null,
  hash blob not null
) strict;
create index event_of_attempt on event (order_id, attempt, seq);
create trigger event_is_not_changed before update on event begin select raise(abort, 'journal records are never changed'); end;
create trigger event_is_not_deleted before delete on event begin select raise(abort, 'journal records are never deleted'); end;

create table attempt (
  order_id text not null,
  attempt integer not null,
  fence integer not null,
  last_kind text not null,
  uid text,
  card_number text,
  outcome text,
  reported integer not null,
  primary key (order_id, attempt)
) strict, without rowid;
create index attempt_open on attempt (order_id) where outcome is null;
create index attempt_unreported on attempt (order_id) where outcome is not null and reported = 0;
create index attempt_fence on attempt (fence);

create table chip (uid text primary key, order_id text not null, attempt integer not null) strict, without rowid;
create table card_number (number text primary key, order_id text not null, attempt integer not null) strict, without rowid;
create table sealed (order_id text not null, attempt integer not null, body blob not null, primary key (order_id, attempt)) strict;

create table station (
  only integer primary key check (only = 1),
  journal_id text not null,
  printer_serial text,
  head_seq integer not null,
  head blob not null
) strict;
`;

const secondVersion = `
create table kept (order_id text not null, attempt integer not null, name text not null, body blob not null, primary key (order_id, attempt, name)) strict;
`;

/** One script a version: script n takes a journal from version n to n + 1. Never edited once released, only added to. */
export const journalScripts: readonly string[] = [firstVersion, secondVersion];

/** The version that this program writes. */
export const journalVersion = journalScripts.length;

/**
 * Brings a journal to the present version in one transaction. Throws `JRN-BROKEN` for a journal of a newer program:
 * its records would be misread.
 */
export function migrateJournal(db: Database, scripts = journalScripts): Migration {
  const migration = migrateSqlite(db, scripts, () => {
    const journalId = randomUUID();
    db.prepare('insert into station values (1, ?, null, 0, ?)').run(journalId, genesisHash(journalId));
  });
  if (migration.kind === 'newer') throw new StationFault('JRN-BROKEN', { note: `the journal has version ${migration.found}, this program knows ${scripts.length}` });
  return migration;
}
