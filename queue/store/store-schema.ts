import type { Database } from 'better-sqlite3';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { migrateSqlite, type Migration } from './sqlite-versions.ts';

/** Version 1: orders, outbox, card numbers, blanks. */
const firstVersion = `
create table customer_order (
  arrival integer primary key autoincrement,
  order_id text not null unique,
  state text not null,
  content_hash text not null,
  payload_digest text not null,
  duplicate_digest blob not null,
  express integer not null,
  due_at integer,
  received_at integer not null,
  changed_at integer not null,
  reasons text not null,
  payload blob
) strict;
create index order_of_state on customer_order (state, express desc, due_at);
create index order_of_person on customer_order (duplicate_digest);

create table order_file (
  order_id text not null references customer_order (order_id),
  role text not null,
  digest text not null,
  primary key (order_id, role)
) strict, without rowid;
create index file_of_digest on order_file (digest);

create table message (id text primary key, order_id text not null, at integer not null) strict, without rowid;

create table outbox (
  seq integer primary key autoincrement,
  id text not null unique,
  order_id text not null,
  kind text not null,
  body blob,
  at integer not null,
  tries integer not null default 0,
  delivered_at integer
) strict;
create index outbox_pending on outbox (seq) where delivered_at is null;

create table card_number (
  number text primary key,
  order_id text not null,
  attempt integer not null,
  state text not null check (state in ('reserved', 'spent', 'retired')),
  at integer not null
) strict, without rowid;
create index number_of_attempt on card_number (order_id, attempt);
create trigger card_number_stays before delete on card_number begin select raise(abort, 'a card number is never forgotten'); end;
create table number_counter (month text primary key, last integer not null) strict, without rowid;

create table blank (
  order_id text not null,
  attempt integer not null,
  batch_id text not null,
  lot text not null,
  uid text,
  fate text not null check (fate in ('fed', 'good', 'rejected', 'held')),
  at integer not null,
  primary key (order_id, attempt)
) strict, without rowid;
create index blank_of_batch on blank (batch_id, fate);
create index blank_of_lot on blank (lot, fate);

create table store (only integer primary key check (only = 1), key_check blob not null) strict;
`;

/** Version 2: the stock book and batches. */
const secondVersion = `
create table lot (lot text primary key, product text not null, at integer not null) strict, without rowid;
create table stock_move (
  seq integer primary key autoincrement,
  lot text not null references lot (lot),
  kind text not null check (kind in ('registered', 'issued', 'returned', 'tested', 'scrapped')),
  count integer not null check (count > 0),
  batch_id text,
  by text not null,
  at integer not null
) strict;
create index move_of_lot on stock_move (lot, kind);
create index move_of_batch on stock_move (batch_id, kind);
create trigger move_is_not_changed before update on stock_move begin select raise(abort, 'the stock book is never changed'); end;
create trigger move_is_not_deleted before delete on stock_move begin select raise(abort, 'the stock book is never changed'); end;
create table known_blank (uid text primary key, lot text not null references lot (lot)) strict, without rowid;

create table batch (
  batch_id text primary key,
  state text not null,
  created_at integer not null,
  changed_at integer not null,
  signed_by text,
  reason text,
  difference integer
) strict, without rowid;
create table batch_order (order_id text primary key, batch_id text not null references batch (batch_id), place integer not null) strict, without rowid;
create index order_of_batch on batch_order (batch_id, place);
`;

/** Version 3: closed shifts, and single blanks that were taken out of use. */
const thirdVersion = `
create table shift (
  seq integer primary key autoincrement,
  opened_at integer not null,
  closed_at integer not null,
  by text not null,
  reason text,
  lots text not null
) strict;
create trigger shift_is_not_changed before update on shift begin select raise(abort, 'a closed shift is never changed'); end;
create trigger shift_is_not_deleted before delete on shift begin select raise(abort, 'a closed shift is never changed'); end;
create table taken_blank (uid text primary key, lot text not null references lot (lot), kind text not null check (kind in ('tested', 'scrapped')), at integer not null) strict, without rowid;
create index blank_of_uid on blank (uid) where uid is not null;
`;

/**
 * Version 4: how many orders are in each state and how many messages wait, kept beside the rows by the statement that changes
 * them, so that a status costs the same however many orders wait.
 */
const fourthVersion = `
create table order_count (state text primary key, orders integer not null check (orders >= 0)) strict, without rowid;
insert into order_count select state, count(*) from customer_order group by state;
create trigger order_comes after insert on customer_order begin
  insert into order_count values (new.state, 1) on conflict (state) do update set orders = orders + 1;
end;
create trigger order_moves after update of state on customer_order when old.state <> new.state begin
  update order_count set orders = orders - 1 where state = old.state;
  insert into order_count values (new.state, 1) on conflict (state) do update set orders = orders + 1;
end;
create trigger order_goes after delete on customer_order begin
  update order_count set orders = orders - 1 where state = old.state;
end;

create table message_count (only integer primary key check (only = 1), waiting integer not null check (waiting >= 0)) strict;
insert into message_count select 1, count(*) from outbox where delivered_at is null;
create trigger message_comes after insert on outbox when new.delivered_at is null begin
  update message_count set waiting = waiting + 1;
end;
create trigger message_moves after update of delivered_at on outbox when (old.delivered_at is null) <> (new.delivered_at is null) begin
  update message_count set waiting = waiting + case when new.delivered_at is null then 1 else -1 end;
end;
create trigger message_goes after delete on outbox when old.delivered_at is null begin
  update message_count set waiting = waiting - 1;
end;
`;

/** One script a version: script n takes a store from version n to n + 1. Never edited once released, only added to. */
export const storeScripts: readonly string[] = [firstVersion, secondVersion, thirdVersion, fourthVersion];

/** Brings a store to the present version in one transaction. Throws `STO-BROKEN` for a store of a newer program. */
export function migrateStore(db: Database, scripts = storeScripts): Migration {
  const migration = migrateSqlite(db, scripts, () => undefined);
  if (migration.kind === 'newer') throw new StationFault('STO-BROKEN', { note: `the store has version ${migration.found}, this program knows ${scripts.length}` });
  return migration;
}
