import type { Database } from 'better-sqlite3';
import type { JournalKind, Outcome } from './journal-entry.ts';
import type { AttemptView } from './journal-fold.ts';

/** A row of `event` as the chain needs it. */
export interface EventRow {
  readonly seq: number;
  readonly order_id: string;
  readonly attempt: number;
  readonly fence: number;
  readonly kind: string;
  readonly at: number;
  readonly body: string;
  readonly prev: Buffer;
  readonly hash: Buffer;
}

/** A row of `attempt`. */
export interface AttemptRow {
  readonly order_id: string;
  readonly attempt: number;
  readonly fence: number;
  readonly last_kind: JournalKind;
  readonly uid: string | null;
  readonly card_number: string | null;
  readonly outcome: Outcome | null;
  readonly reported: number;
}

/** Whose a chip or a card number is. */
export interface OwnerRow {
  readonly order_id: string;
  readonly attempt: number;
}

/** The one row of `station`. */
export interface StationRow {
  readonly journal_id: string;
  readonly printer_serial: string | null;
  readonly head_seq: number;
  readonly head: Buffer;
}

export function toView(row: AttemptRow): AttemptView {
  return {
    orderId: row.order_id,
    attempt: row.attempt,
    fence: row.fence,
    lastKind: row.last_kind,
    uid: row.uid,
    cardNumber: row.card_number,
    outcome: row.outcome,
    reported: row.reported === 1,
  };
}

/** Statements that only read: for the writer and for `journal show` alike. */
export function readStatements(db: Database) {
  return {
    station: db.prepare<[], StationRow>('select journal_id, printer_serial, head_seq, head from station'),
    event: db.prepare<[number], EventRow>('select * from event where seq = ?'),
    eventsFrom: db.prepare<[number], EventRow>('select * from event where seq >= ? order by seq'),
    eventsOfOrder: db.prepare<[string], EventRow>('select * from event where order_id = ? order by seq'),
    eventsOfAttempt: db.prepare<[string, number], EventRow>('select * from event where order_id = ? and attempt = ? order by seq'),
    eventsByAttempt: db.prepare<[], EventRow>('select * from event order by order_id, attempt, seq'),
    lastEvents: db.prepare<[number], EventRow>('select * from (select * from event order by seq desc limit ?) order by seq'),
    attempt: db.prepare<[string, number], AttemptRow>('select * from attempt where order_id = ? and attempt = ?'),
    openAttempts: db.prepare<[], AttemptRow>(`select * from attempt where outcome is null order by last_kind in ('held', 'answered'), order_id, attempt`),
    otherInMachine: db.prepare<[string, number], OwnerRow>(
      `select order_id, attempt from attempt
       where outcome is null and last_kind not in ('held', 'answered') and not (order_id = ? and attempt = ?) limit 1`,
    ),
    lastOutcome: db.prepare<[string], AttemptRow>('select * from attempt where order_id = ? and outcome is not null order by attempt desc limit 1'),
    unreported: db.prepare<[], AttemptRow>('select * from attempt where outcome is not null and reported = 0 order by order_id, attempt'),
    fenceOfOrder: db.prepare<[string], number | null>('select max(fence) from attempt where order_id = ?').pluck(),
    highestFence: db.prepare<[], number | null>('select max(fence) from attempt').pluck(),
    printedMs: db.prepare<[], number | null>("select sum(json_extract(body, '$.durationMs')) from event where kind = 'printed'").pluck(),
    owned: db.prepare<[], { order_id: string; fence: number; attempt: number; outcome: Outcome | null }>(
      `select order_id, max(fence) as fence, max(attempt) as attempt, max(case when outcome in ('finished', 'refused') then outcome end) as outcome
       from attempt group by order_id order by order_id`,
    ),
    chip: db.prepare<[string], OwnerRow>('select order_id, attempt from chip where uid = ?'),
    cardNumber: db.prepare<[string], OwnerRow>('select order_id, attempt from card_number where number = ?'),
    counts: db.prepare<[], { events: number; attempts: number; chips: number; numbers: number }>(
      `select (select count(*) from event) as events, (select count(*) from attempt) as attempts,
       (select count(*) from chip) as chips, (select count(*) from card_number) as numbers`,
    ),
  };
}

/** Statements of the one writer. */
export function writeStatements(db: Database) {
  return {
    insertEvent: db.prepare<[number, string, number, number, string, number, string, Buffer, Buffer]>('insert into event values (?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    setHead: db.prepare<[number, Buffer]>('update station set head_seq = ?, head = ?'),
    putAttempt: db.prepare<[string, number, number, string, string | null, string | null, string | null, number]>(
      `insert into attempt values (?, ?, ?, ?, ?, ?, ?, ?)
       on conflict (order_id, attempt) do update set fence = excluded.fence, last_kind = excluded.last_kind, uid = excluded.uid,
       card_number = excluded.card_number, outcome = excluded.outcome, reported = excluded.reported`,
    ),
    putChip: db.prepare<[string, string, number]>('insert into chip values (?, ?, ?) on conflict do nothing'),
    putCardNumber: db.prepare<[string, string, number]>('insert into card_number values (?, ?, ?) on conflict do nothing'),
    bindPrinter: db.prepare<[string]>('update station set printer_serial = ?'),
    putSealed: db.prepare<[string, number, Buffer]>('insert into sealed values (?, ?, ?) on conflict (order_id, attempt) do update set body = excluded.body'),
    sealed: db.prepare<[string, number], Buffer>('select body from sealed where order_id = ? and attempt = ?').pluck(),
    eraseSealed: db.prepare<[string, number]>('delete from sealed where order_id = ? and attempt = ?'),
    keep: db.prepare<[string, number, string, Buffer]>('insert into kept values (?, ?, ?, ?) on conflict (order_id, attempt, name) do update set body = excluded.body'),
    kept: db.prepare<[string, number, string], Buffer>('select body from kept where order_id = ? and attempt = ? and name = ?').pluck(),
    eraseKept: db.prepare<[string, number]>('delete from kept where order_id = ? and attempt = ?'),
  };
}

export type ReadStatements = ReturnType<typeof readStatements>;
export type WriteStatements = ReturnType<typeof writeStatements>;
