import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { Clock } from '../../drivers/contracts/clock.ts';
import { StationFault, type FaultCode } from '../../drivers/contracts/fault.ts';
import type { Secret } from '../../drivers/contracts/secret.ts';
import type { Batches } from '../batch/batches.ts';
import type { ShiftBook } from '../stock/shift-account.ts';
import type { StockAccount } from '../stock/stock-account.ts';
import type { BlankAccount } from './blank-account.ts';
import type { CardNumbers } from './card-numbers.ts';
import { DataCipher } from './data-cipher.ts';
import { freeOrders } from './free-orders.ts';
import { mostUrgent, orderStatements, toSummary, urgencyStatements, type UrgencyStatements, type WaitingKind } from './order-rows.ts';
import type { FreeOrders, NewOrder, OrderPayload, OrderStore, OrderSummary, PutAnswer } from './order-store.ts';
import type { Outbox } from './outbox.ts';
import { PictureFiles } from './picture-files.ts';
import { createBatches } from './sqlite-batches.ts';
import { createBlankAccount } from './sqlite-blank-account.ts';
import { createCardNumbers, type NumberRange } from './sqlite-card-numbers.ts';
import { openSqliteFile, sqliteCode, sqliteTrouble, type SqliteTrouble } from './sqlite-file.ts';
import { createOutbox } from './sqlite-outbox.ts';
import { createShifts } from './sqlite-shifts.ts';
import { createStock } from './sqlite-stock.ts';
import { copySqlite } from './sqlite-versions.ts';
import { StoreFile } from './store-file.ts';
import { migrateStore } from './store-schema.ts';

const faultOf: Readonly<Record<SqliteTrouble, FaultCode>> = { 'in-use': 'STO-IN-USE', broken: 'STO-BROKEN', disk: 'STO-WRITE' };
const keyCheckName = 'key';
const keyCheckText = 'kortverk order store';

export interface OrderStoreOptions {
  /** Folder of the store: `orders.sqlite` and `files/`. */
  readonly dir: string;
  /** 32 bytes; stays the caller's. */
  readonly dataKey: Secret;
  readonly clock: Clock;
  /** This station's card numbers; all of `BB-YYMM-000001` to `-999999` when it is the only one. */
  readonly cardNumbers?: NumberRange;
}

/**
 * Opens the order store of a station and holds it until disposal or the end of the process. Throws `STO-IN-USE`,
 * `STO-BROKEN`, `STO-WRITE`, and `STO-KEY` when the data key is not the one the store was made with.
 */
export function openOrderStore(options: OrderStoreOptions): OrderStore {
  const cipher = DataCipher.from(options.dataKey);
  let db: Database | undefined;
  try {
    db = openSqliteFile(join(options.dir, 'orders.sqlite'));
    migrateStore(db);
    checkDataKey(db, cipher);
    const numbers = options.cardNumbers ?? { prefix: 'BB', first: 1, last: 999_999 };
    return new SqliteOrderStore(new StoreFile(db, cipher, options.clock), new PictureFiles(join(options.dir, 'files'), cipher), numbers);
  } catch (error) {
    db?.close();
    cipher[Symbol.dispose]();
    if (error instanceof StationFault) throw error;
    throw new StationFault(faultOf[sqliteTrouble(error)], { note: sqliteCode(error) }, error);
  }
}

function checkDataKey(db: Database, cipher: DataCipher): void {
  const sealed = db.prepare<[], Buffer>('select key_check from store').pluck().get();
  if (sealed === undefined) {
    db.prepare<[Buffer]>('insert into store values (1, ?)').run(cipher.seal(keyCheckName, Buffer.from(keyCheckText)));
    return;
  }
  try {
    cipher.open(keyCheckName, sealed);
  } catch (error) {
    throw new StationFault('STO-KEY', {}, error);
  }
}

class SqliteOrderStore implements OrderStore {
  readonly outbox: Outbox;
  readonly cardNumbers: CardNumbers;
  readonly blanks: BlankAccount;
  readonly stock: StockAccount;
  readonly batches: Batches;
  readonly shifts: ShiftBook;
  readonly free: FreeOrders;
  readonly #file: StoreFile;
  readonly #pictures: PictureFiles;
  readonly #rows: ReturnType<typeof orderStatements>;
  readonly #urgent: Readonly<Record<WaitingKind, UrgencyStatements>>;

  constructor(file: StoreFile, pictures: PictureFiles, numbers: NumberRange) {
    this.#file = file;
    this.#pictures = pictures;
    this.#rows = orderStatements(file.db);
    this.free = freeOrders(file.db);
    this.#urgent = { any: urgencyStatements(file.db, 'any'), makeable: urgencyStatements(file.db, 'makeable') };
    this.outbox = createOutbox(file);
    this.cardNumbers = createCardNumbers(file, numbers);
    this.blanks = createBlankAccount(file);
    this.stock = createStock(file, this.blanks);
    this.batches = createBatches(file);
    this.shifts = createShifts(file);
  }

  putOrder(order: NewOrder): PutAnswer {
    const known = this.contentHashOf(order.orderId);
    if (known !== null) return known === order.contentHash ? 'known' : 'conflict';
    this.#write(order);
    return 'stored';
  }

  replaceOrder(order: NewOrder): void {
    this.#mustKnow(order.orderId);
    this.#write(order);
  }

  summaryOf(orderId: string): OrderSummary | null {
    const row = this.#rows.find.get(orderId);
    return row === undefined ? null : toSummary(row);
  }

  getPayload(orderId: string): OrderPayload | null {
    const row = this.#rows.payload.get(orderId);
    if (row === undefined || row.payload === null) return null;
    const payload = this.#file.cipher.open(payloadName(orderId), row.payload).toString('utf8');
    if (digestOf(payload) !== row.payload_digest) throw new StationFault('STO-BROKEN', { note: `the payload of ${orderId} is another one` });
    const files = this.#rows.files.all(orderId).map(({ role, digest }) => ({ role, bytes: this.#pictures.get(digest) }));
    return { payload, digest: row.payload_digest, files };
  }

  textOf(orderId: string): string | null {
    const row = this.#rows.payload.get(orderId);
    return row === undefined || row.payload === null ? null : this.#file.cipher.open(payloadName(orderId), row.payload).toString('utf8');
  }

  setState(orderId: string, state: string, change: { readonly reasons?: readonly string[]; readonly expected?: string } = {}): boolean {
    return this.#file.write(() => {
      const before = this.#mustKnow(orderId);
      if (change.expected !== undefined && before.state !== change.expected) return false;
      this.#rows.setState.run(state, JSON.stringify(change.reasons ?? []), this.#file.now(), orderId);
      return true;
    });
  }

  setDue(orderId: string, due: { readonly express: boolean; readonly dueAt: number | null }): void {
    this.#file.write(() => {
      this.#mustKnow(orderId);
      this.#rows.setDue.run(due.express ? 1 : 0, due.dueAt, this.#file.now(), orderId);
    });
  }

  listOrders(states: readonly string[], limit = -1): readonly OrderSummary[] {
    return mostUrgent(this.#urgent.any, states, limit);
  }

  makeable(states: readonly string[], limit: number): readonly OrderSummary[] {
    return mostUrgent(this.#urgent.makeable, states, limit);
  }

  dueBefore(states: readonly string[], instants: { readonly express: number; readonly standard: number }, limit: number): readonly OrderSummary[] {
    const rows = states.flatMap((state) => [...this.#rows.dueBefore.all(state, 1, instants.express, limit), ...this.#rows.dueBefore.all(state, 0, instants.standard, limit)]);
    return rows.toSorted((one, other) => (one.due_at ?? 0) - (other.due_at ?? 0)).slice(0, limit).map(toSummary);
  }

  untoldBetween(states: readonly string[], express: boolean, due: { readonly from: number; readonly before: number }, messageEnd: string, limit: number): readonly OrderSummary[] {
    const rows = states.flatMap((state) => this.#rows.untold.all(state, express ? 1 : 0, due.from, due.before, messageEnd, limit));
    return rows.toSorted((one, other) => (one.due_at ?? 0) - (other.due_at ?? 0)).slice(0, limit).map(toSummary);
  }

  countByState(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#rows.counts.all().map(({ state, count }) => [state, count]));
  }

  contentHashOf(orderId: string): string | null {
    return this.#rows.find.get(orderId)?.content_hash ?? null;
  }

  orderOfMessage(messageId: string): string | null {
    return this.#rows.message.get(messageId) ?? null;
  }

  ordersWithDuplicateKey(duplicateKey: string): readonly OrderSummary[] {
    return this.#rows.ofPerson.all(this.#file.cipher.lookup(duplicateKey)).map(toSummary);
  }

  ordersWithFile(digest: string): readonly OrderSummary[] {
    return this.#rows.withFile.all(digest).map(toSummary);
  }

  atomically<T>(work: () => T): T {
    return this.#file.write(work);
  }

  forgetPersonalData(states: readonly string[], before: number): number {
    const named = JSON.stringify(states);
    const orders = this.#file.write(() => {
      this.#rows.forgetFiles.run(named, before);
      return this.#rows.forgetPayloads.run(named, before).changes;
    });
    this.#pictures.keepOnly((digest) => this.#rows.fileIsNamed.get(digest) === 1);
    // The log still holds the pages as they were; emptying it is what makes the erasure true.
    this.#file.db.pragma('wal_checkpoint(TRUNCATE)');
    return orders;
  }

  backup(path: string): void {
    try {
      copySqlite(this.#file.db, path);
    } catch (error) {
      throw new StationFault('STO-WRITE', { note: sqliteCode(error) }, error);
    }
  }

  [Symbol.dispose](): void {
    if (!this.#file.db.open) return;
    this.#file.db.close();
    this.#file.cipher[Symbol.dispose]();
  }

  #mustKnow(orderId: string): OrderSummary {
    const summary = this.summaryOf(orderId);
    if (summary === null) throw new StationFault('STO-UNKNOWN-ORDER', { data: { orderId } });
    return summary;
  }

  /** Pictures first: a row never names a file that a power cut could have taken. */
  #write(order: NewOrder): void {
    const files = order.files.map(({ role, bytes }) => ({ role, digest: this.#pictures.put(bytes) }));
    const sealed = this.#file.cipher.seal(payloadName(order.orderId), Buffer.from(order.payload));
    const now = this.#file.now();
    this.#file.write(() => {
      const duplicate = this.#file.cipher.lookup(order.duplicateKey);
      this.#rows.put.run(order.orderId, order.state, order.contentHash, digestOf(order.payload), duplicate, order.express ? 1 : 0, order.dueAt, now, now, sealed);
      this.#rows.dropFiles.run(order.orderId);
      if (order.messageId !== undefined) this.#rows.putMessage.run(order.messageId, order.orderId, now);
      for (const { role, digest } of files) this.#rows.putFile.run(order.orderId, role, digest);
    });
  }
}

function digestOf(payload: string): string {
  return createHash('sha256').update(payload).digest('hex');
}

function payloadName(orderId: string): string {
  return `payload ${orderId}`;
}
