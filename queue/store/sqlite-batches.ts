import { StationFault } from '../../drivers/contracts/fault.ts';
import { nextBatchState, type BatchEvent, type BatchState } from '../batch/batch-life-cycle.ts';
import type { Batches, BatchSummary } from '../batch/batches.ts';
import type { StoreFile } from './store-file.ts';

interface BatchRow {
  readonly batch_id: string;
  readonly state: BatchState;
  readonly created_at: number;
  readonly changed_at: number;
  readonly signed_by: string | null;
  readonly reason: string | null;
  readonly difference: number | null;
  readonly orders: number;
}

const columns = 'b.batch_id, b.state, b.created_at, b.changed_at, b.signed_by, b.reason, b.difference, (select count(*) from batch_order o where o.batch_id = b.batch_id) as orders';

/** The batches of a store. */
export function createBatches(file: StoreFile): Batches {
  return new SqliteBatches(file);
}

class SqliteBatches implements Batches {
  readonly #file: StoreFile;
  readonly #statements: ReturnType<typeof statements>;

  constructor(file: StoreFile) {
    this.#file = file;
    this.#statements = statements(file);
  }

  create(batchId: string): void {
    this.#file.write(() => {
      if (this.find(batchId) !== null) throw new StationFault('CLI-USAGE', { field: 'batch', note: `${batchId} is there already` });
      this.#statements.insert.run(batchId, this.#file.now(), this.#file.now());
    });
  }

  find(batchId: string): BatchSummary | null {
    const row = this.#statements.find.get(batchId);
    return row === undefined ? null : toSummary(row);
  }

  list(): readonly BatchSummary[] {
    return this.#statements.all.all().map(toSummary);
  }

  setOrders(batchId: string, orderIds: readonly string[]): void {
    this.#file.write(() => {
      if (this.#mustFind(batchId).state !== 'OPEN') throw new StationFault('CLI-USAGE', { field: 'batch', note: `${batchId} is not open any more` });
      this.#statements.empty.run(batchId);
      orderIds.forEach((orderId, place) => this.#statements.place.run(orderId, batchId, place));
    });
  }

  takeOut(orderId: string): void {
    this.#file.write(() => this.#statements.takeOut.run(orderId));
  }

  ordersOf(batchId: string): readonly string[] {
    return this.#statements.ordersOf.all(batchId);
  }

  batchOf(orderId: string): string | null {
    return this.#statements.batchOf.get(orderId) ?? null;
  }

  happen(batchId: string, event: BatchEvent): BatchState {
    return this.#file.write(() => {
      const { state } = this.#mustFind(batchId);
      const next = nextBatchState(state, event);
      if (next === null) throw new StationFault('CLI-USAGE', { field: 'batch', note: `${batchId} is ${state}: it cannot ${event}` });
      this.#statements.setState.run(next, this.#file.now(), batchId);
      return next;
    });
  }

  sign(batchId: string, { by, reason, difference }: NonNullable<BatchSummary['signature']>): void {
    this.#file.write(() => {
      this.#mustFind(batchId);
      this.#statements.sign.run(by, reason, difference, this.#file.now(), batchId);
    });
  }

  #mustFind(batchId: string): BatchSummary {
    const found = this.find(batchId);
    if (found === null) throw new StationFault('CLI-USAGE', { field: 'batch', note: `there is no batch ${batchId}` });
    return found;
  }
}

function statements({ db }: StoreFile) {
  return {
    insert: db.prepare<[string, number, number]>(`insert into batch (batch_id, state, created_at, changed_at) values (?, 'OPEN', ?, ?)`),
    find: db.prepare<[string], BatchRow>(`select ${columns} from batch b where b.batch_id = ?`),
    all: db.prepare<[], BatchRow>(`select ${columns} from batch b order by b.created_at desc, b.batch_id desc`),
    empty: db.prepare<[string]>('delete from batch_order where batch_id = ?'),
    place: db.prepare<[string, string, number]>(
      'insert into batch_order values (?, ?, ?) on conflict (order_id) do update set batch_id = excluded.batch_id, place = excluded.place',
    ),
    takeOut: db.prepare<[string]>('delete from batch_order where order_id = ?'),
    ordersOf: db.prepare<[string], string>('select order_id from batch_order where batch_id = ? order by place').pluck(),
    batchOf: db.prepare<[string], string>('select batch_id from batch_order where order_id = ?').pluck(),
    setState: db.prepare<[BatchState, number, string]>('update batch set state = ?, changed_at = ? where batch_id = ?'),
    sign: db.prepare<[string, string, number, number, string]>('update batch set signed_by = ?, reason = ?, difference = ?, changed_at = ? where batch_id = ?'),
  };
}

function toSummary(row: BatchRow): BatchSummary {
  const signature = row.signed_by === null ? null : { by: row.signed_by, reason: row.reason ?? '', difference: row.difference ?? 0 };
  return { batchId: row.batch_id, state: row.state, createdAt: row.created_at, changedAt: row.changed_at, orders: row.orders, signature };
}
