import type { Database } from 'better-sqlite3';
import { orderColumns, toSummary, type OrderRow } from './order-rows.ts';
import type { FreeOrders } from './order-store.ts';

/** Orders read at one time: a page takes a few milliseconds. */
const PAGE = 100;

/** Orders that a new batch may take: queued, and in no batch or in one that is over. */
const free = `select ${orderColumns} from customer_order o where o.state = 'QUEUED' and not exists (select 1 from batch_order m join batch b on b.batch_id = m.batch_id
  where m.order_id = o.order_id and b.state in ('OPEN', 'FROZEN', 'RUNNING', 'PAUSED'))`;

/** The free orders of a store. */
export function freeOrders(db: Database): FreeOrders {
  const page = (condition: string, order: string): string => `${free} and o.express = ? and ${condition} order by ${order} limit ${PAGE}`;
  const named = db.prepare<[string], OrderRow>(`${free} and o.order_id = ?`);
  const sameDue = db.prepare<[number, number, number], OrderRow>(page('o.due_at = ? and o.arrival > ?', 'o.arrival'));
  const laterDue = db.prepare<[number, number], OrderRow>(page('o.due_at > ?', 'o.due_at, o.arrival'));
  const neverDue = db.prepare<[number, number], OrderRow>(page('o.due_at is null and o.arrival > ?', 'o.arrival'));

  /** The page after the row that was given last; two questions, so that each is one stretch of the index. */
  function pageAfter(express: number, last: OrderRow | undefined): readonly OrderRow[] {
    if (last?.due_at === null) return neverDue.all(express, last.arrival);
    const same = last === undefined ? [] : sameDue.all(express, last.due_at, last.arrival);
    if (same.length > 0) return same;
    const later = laterDue.all(express, last?.due_at ?? Number.MIN_SAFE_INTEGER);
    return later.length > 0 ? later : neverDue.all(express, 0);
  }

  return {
    *all() {
      for (const express of [1, 0]) {
        for (let rows = pageAfter(express, undefined); rows.length > 0; rows = pageAfter(express, rows.at(-1))) yield* rows.map(toSummary);
      }
    },
    named(orderId) {
      const row = named.get(orderId);
      return row === undefined ? null : toSummary(row);
    },
  };
}
