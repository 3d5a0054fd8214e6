import type { Outbox, OutboxEvent, PendingEvent } from './outbox.ts';
import type { StoreFile } from './store-file.ts';

interface OutboxRow {
  readonly seq: number;
  readonly id: string;
  readonly order_id: string;
  readonly kind: string;
  readonly body: Buffer;
  readonly at: number;
  readonly tries: number;
}

/** The outbox of a store. */
export function createOutbox(file: StoreFile): Outbox {
  const insert = file.db.prepare<[string, string, string, Buffer, number]>('insert into outbox (id, order_id, kind, body, at) values (?, ?, ?, ?, ?) on conflict (id) do nothing');
  const oldest = file.db.prepare<[number], OutboxRow>('select seq, id, order_id, kind, body, at, tries from outbox where delivered_at is null order by seq limit ?');
  const count = file.db.prepare<[], number>('select waiting from message_count').pluck();
  const addTry = file.db.prepare<[string]>('update outbox set tries = tries + 1 where id = ?');
  const close = file.db.prepare<[number, string]>('update outbox set delivered_at = ?, body = null where id = ? and delivered_at is null');
  const toEvent = (row: OutboxRow): PendingEvent => ({
    id: row.id,
    orderId: row.order_id,
    kind: row.kind,
    body: file.cipher.open(nameOf(row.id), row.body).toString('utf8'),
    seq: row.seq,
    at: row.at,
    tries: row.tries,
  });
  return {
    put: (event: OutboxEvent) => file.write(() => insert.run(event.id, event.orderId, event.kind, file.cipher.seal(nameOf(event.id), Buffer.from(event.body)), file.now()).changes === 1),
    waiting: () => count.get() ?? 0,
    pending: (limit) => oldest.all(limit).map(toEvent),
    tried: (id) => { file.write(() => addTry.run(id)); },
    delivered: (id) => { file.write(() => close.run(file.now(), id)); },
  };
}

function nameOf(id: string): string {
  return `event ${id}`;
}
