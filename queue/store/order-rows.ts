import type { Database } from 'better-sqlite3';
import type { OrderFile, OrderSummary } from './order-store.ts';

/** A row of `customer_order` without the payload. */
export interface OrderRow {
  readonly arrival: number;
  readonly order_id: string;
  readonly state: string;
  readonly content_hash: string;
  readonly payload_digest: string;
  readonly express: number;
  readonly due_at: number | null;
  readonly received_at: number;
  readonly changed_at: number;
  readonly reasons: string;
}

export type PutRow = [orderId: string, state: string, contentHash: string, payloadDigest: string, duplicate: Buffer, express: number, dueAt: number | null, receivedAt: number, changedAt: number, payload: Buffer];

/** The columns of an order without its payload, of a table named `o`. */
export const orderColumns = 'o.arrival, o.order_id, o.state, o.content_hash, o.payload_digest, o.express, o.due_at, o.received_at, o.changed_at, o.reasons';

/** Orders that no batch keeps from being made: in none, or in one that runs. */
const makeable = `and not exists (select 1 from batch_order m join batch b on b.batch_id = m.batch_id where m.order_id = o.order_id and b.state <> 'RUNNING')`;
/** Which orders of a state are meant. */
export type WaitingKind = 'any' | 'makeable';

const conditions: Readonly<Record<WaitingKind, string>> = { any: '', makeable };

/**
 * Orders of one state in the order of their urgency, read a part at a time along the index: express first, in each by due time, what has none
 * last. However many orders wait, a page costs what is on it.
 */
export function urgencyStatements(db: Database, kind: WaitingKind) {
  const of = (due: string, order: string) =>
    db.prepare<[string, number, number], OrderRow>(`select ${orderColumns} from customer_order o where o.state = ? and o.express = ? and o.due_at is ${due} ${conditions[kind]} order by ${order} limit ?`);
  return { due: of('not null', 'o.due_at, o.arrival'), never: of('null', 'o.arrival') };
}

export type UrgencyStatements = ReturnType<typeof urgencyStatements>;

/** The most urgent orders of some states; -1 for all. */
export function mostUrgent({ due, never }: UrgencyStatements, states: readonly string[], limit: number): readonly OrderSummary[] {
  const found = states.flatMap((state) => {
    const rows: OrderRow[] = [];
    for (const express of [1, 0]) {
      for (const part of [due, never]) rows.push(...part.all(state, express, limit < 0 ? -1 : limit - rows.length));
    }
    return rows;
  });
  return found.toSorted(compareUrgency).slice(0, limit < 0 ? undefined : limit).map(toSummary);
}

function compareUrgency(one: OrderRow, other: OrderRow): number {
  return other.express - one.express || (one.due_at ?? Number.MAX_SAFE_INTEGER) - (other.due_at ?? Number.MAX_SAFE_INTEGER) || one.arrival - other.arrival;
}

/** The statements of the order table. */
export function orderStatements(db: Database) {
  return {
    put: db.prepare<PutRow>(
      `insert into customer_order (order_id, state, content_hash, payload_digest, duplicate_digest, express, due_at, received_at, changed_at, reasons, payload)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, '[]', ?)
       on conflict (order_id) do update set state = excluded.state, content_hash = excluded.content_hash, payload_digest = excluded.payload_digest,
       duplicate_digest = excluded.duplicate_digest, express = excluded.express, due_at = excluded.due_at, changed_at = excluded.changed_at, reasons = '[]', payload = excluded.payload`,
    ),
    putFile: db.prepare<[string, OrderFile['role'], string]>('insert into order_file values (?, ?, ?)'),
    dropFiles: db.prepare<[string]>('delete from order_file where order_id = ?'),
    putMessage: db.prepare<[string, string, number]>('insert into message values (?, ?, ?) on conflict (id) do nothing'),
    message: db.prepare<[string], string>('select order_id from message where id = ?').pluck(),
    find: db.prepare<[string], OrderRow>(`select ${orderColumns} from customer_order o where o.order_id = ?`),
    payload: db.prepare<[string], { payload: Buffer | null; payload_digest: string }>('select payload, payload_digest from customer_order where order_id = ?'),
    files: db.prepare<[string], { role: OrderFile['role']; digest: string }>('select role, digest from order_file where order_id = ? order by role desc'),
    setState: db.prepare<[string, string, number, string]>('update customer_order set state = ?, reasons = ?, changed_at = ? where order_id = ?'),
    setDue: db.prepare<[number, number | null, number, string]>('update customer_order set express = ?, due_at = ?, changed_at = ? where order_id = ?'),
    dueBefore: db.prepare<[string, number, number, number], OrderRow>(`select ${orderColumns} from customer_order o where o.state = ? and o.express = ? and o.due_at < ? order by o.due_at, o.arrival limit ?`),
    untold: db.prepare<[string, number, number, number, string, number], OrderRow>(
      `select ${orderColumns} from customer_order o where o.state = ? and o.express = ? and o.due_at >= ? and o.due_at < ?
       and not exists (select 1 from outbox w where w.id = o.order_id || ?) order by o.due_at, o.arrival limit ?`,
    ),
    counts: db.prepare<[], { state: string; count: number }>('select state, orders as count from order_count where orders > 0'),
    ofPerson: db.prepare<[Buffer], OrderRow>(`select ${orderColumns} from customer_order o where o.duplicate_digest = ? order by o.arrival`),
    withFile: db.prepare<[string], OrderRow>(`select distinct ${orderColumns} from order_file f join customer_order o on o.order_id = f.order_id where f.digest = ? order by o.arrival`),
    fileIsNamed: db.prepare<[string], number>('select 1 from order_file where digest = ? limit 1').pluck(),
    forgetFiles: db.prepare<[string, number]>(
      'delete from order_file where order_id in (select order_id from customer_order where state in (select value from json_each(?)) and changed_at < ?)',
    ),
    forgetPayloads: db.prepare<[string, number]>(
      'update customer_order set payload = null where payload is not null and state in (select value from json_each(?)) and changed_at < ?',
    ),
  };
}

export function toSummary(row: OrderRow): OrderSummary {
  return {
    orderId: row.order_id,
    state: row.state,
    contentHash: row.content_hash,
    payloadDigest: row.payload_digest,
    express: row.express === 1,
    dueAt: row.due_at,
    receivedAt: row.received_at,
    changedAt: row.changed_at,
    reasons: JSON.parse(row.reasons) as string[],
  };
}
