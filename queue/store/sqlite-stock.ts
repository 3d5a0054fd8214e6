import { StationFault } from '../../drivers/contracts/fault.ts';
import { atBench, inStock, stockMoves, type BlankTally, type KnownBlank, type StockAccount, type StockMove, type StockMoveKind } from '../stock/stock-account.ts';
import type { BlankAccount, BlankCounts } from './blank-account.ts';
import type { StoreFile } from './store-file.ts';

interface MoveCount {
  readonly kind: StockMoveKind;
  readonly count: number;
}

/** The stock book of a store; what the machine did with blanks is told by the account of blanks. */
export function createStock(file: StoreFile, blanks: BlankAccount): StockAccount {
  return new SqliteStock(file, blanks);
}

class SqliteStock implements StockAccount {
  readonly #file: StoreFile;
  readonly #blanks: BlankAccount;
  readonly #statements: ReturnType<typeof statements>;

  constructor(file: StoreFile, blanks: BlankAccount) {
    this.#file = file;
    this.#blanks = blanks;
    this.#statements = statements(file);
  }

  addLot(lot: string, product: string): void {
    this.#file.write(() => {
      const known = this.#statements.product.get(lot);
      if (known === undefined) this.#statements.addLot.run(lot, product, this.#file.now());
      else if (known !== product) throw usage('lot', `${lot} is ${known}`);
    });
  }

  move({ lot, kind, count, batchId, by, uids = [] }: StockMove): void {
    if (!Number.isSafeInteger(count) || count < 1) throw usage('count', 'a whole number from 1');
    this.#file.write(() => {
      this.#mustKnow(lot);
      const most = mostOf(kind, this.tallyOfLot(lot));
      if (count > most) throw usage('count', `${lot} has ${most} for that, not ${count}`);
      this.#statements.move.run(lot, kind, count, batchId, by, this.#file.now());
      if (uids.length > count) throw usage('uid', `${uids.length} UIDs for ${count} blanks`);
      for (const uid of uids) this.#takeOut(lot, kind, uid.toUpperCase());
    });
  }

  addUids(lot: string, uids: readonly string[]): void {
    this.#file.write(() => {
      this.#mustKnow(lot);
      for (const uid of uids) {
        const other = this.lotOfUid(uid);
        if (other !== null && other !== lot) throw usage('uid', `${uid} is in lot ${other}`);
        this.#statements.addUid.run(uid.toUpperCase(), lot);
      }
    });
  }

  blankOf(uid: string): KnownBlank | null {
    const named = uid.toUpperCase();
    const used = this.#statements.usedBlank.get(named);
    const taken = this.#statements.takenBlank.get(named);
    const lot = this.lotOfUid(named) ?? taken?.lot ?? used?.lot;
    if (lot === undefined) return null;
    return { uid: named, lot, used: used === undefined ? null : { orderId: used.order_id, attempt: used.attempt, fate: used.fate }, taken: taken?.kind ?? null };
  }

  lotOfUid(uid: string): string | null {
    return this.#statements.lotOfUid.get(uid.toUpperCase()) ?? null;
  }

  lotAtBench(): string | null {
    return this.#statements.lastIssued.get() ?? null;
  }

  issuedFor(): readonly (string | null)[] {
    return [...new Set(this.#statements.lastIssues.all())];
  }

  lots(): ReturnType<StockAccount['lots']> {
    return this.#statements.lots.all();
  }

  tallyOfLot(lot: string): BlankTally {
    return tally(this.#statements.ofLot.all(lot), this.#blanks.countsOfLot(lot));
  }

  tallyOfBatch(batchId: string): BlankTally {
    return tally(this.#statements.ofBatch.all(batchId), this.#blanks.countsOf(batchId));
  }

  #takeOut(lot: string, kind: StockMoveKind, uid: string): void {
    if (kind !== 'tested' && kind !== 'scrapped') throw usage('uid', `${kind} blanks are not named one by one`);
    const known = this.blankOf(uid);
    if (known !== null && known.lot !== lot) throw usage('uid', `${uid} is in lot ${known.lot}`);
    if (known !== null && (known.used !== null || known.taken !== null)) throw usage('uid', `${uid} was ${known.taken ?? `used for ${known.used?.orderId ?? ''}`} already`);
    this.#statements.takeBlank.run(uid, lot, kind, this.#file.now());
  }

  #mustKnow(lot: string): void {
    if (this.#statements.product.get(lot) === undefined) throw usage('lot', `${lot} is not registered`);
  }
}

/** How many blanks of a lot can be moved so. */
function mostOf(kind: StockMoveKind, tallied: BlankTally): number {
  switch (kind) {
    case 'registered':
      return 1_000_000;
    case 'issued':
    case 'scrapped':
      return inStock(tallied);
    case 'returned':
    case 'tested':
      return atBench(tallied);
  }
}

function tally(moves: readonly MoveCount[], { good, rejected, inside, held }: BlankCounts): BlankTally {
  const of = (kind: StockMoveKind): number => moves.find((row) => row.kind === kind)?.count ?? 0;
  const moved = Object.fromEntries(stockMoves.map((kind) => [kind, of(kind)])) as Record<StockMoveKind, number>;
  return { moved, good, rejected, inside, held };
}

function usage(field: string, note: string): StationFault {
  return new StationFault('CLI-USAGE', { field, note });
}

function statements({ db }: StoreFile) {
  return {
    product: db.prepare<[string], string>('select product from lot where lot = ?').pluck(),
    addLot: db.prepare<[string, string, number]>('insert into lot values (?, ?, ?)'),
    lots: db.prepare<[], { lot: string; product: string; uids: number }>('select l.lot, l.product, (select count(*) from known_blank k where k.lot = l.lot) as uids from lot l order by l.at, l.lot'),
    move: db.prepare<[string, StockMoveKind, number, string | null, string, number]>('insert into stock_move (lot, kind, count, batch_id, by, at) values (?, ?, ?, ?, ?, ?)'),
    lastIssued: db.prepare<[], string>(`select lot from stock_move where kind = 'issued' order by seq desc limit 1`).pluck(),
    lastIssues: db.prepare<[], string | null>(`select batch_id from stock_move where kind = 'issued' order by seq desc limit 1000`).pluck(),
    ofLot: db.prepare<[string], MoveCount>('select kind, sum(count) as count from stock_move where lot = ? group by kind'),
    ofBatch: db.prepare<[string], MoveCount>('select kind, sum(count) as count from stock_move where batch_id = ? group by kind'),
    addUid: db.prepare<[string, string]>('insert into known_blank values (?, ?) on conflict do nothing'),
    usedBlank: db.prepare<[string], { order_id: string; attempt: number; lot: string; fate: string }>('select order_id, attempt, lot, fate from blank where uid = ? limit 1'),
    takenBlank: db.prepare<[string], { lot: string; kind: 'tested' | 'scrapped' }>('select lot, kind from taken_blank where uid = ?'),
    takeBlank: db.prepare<[string, string, string, number]>('insert into taken_blank values (?, ?, ?, ?)'),
    lotOfUid: db.prepare<[string], string>('select lot from known_blank where uid = ?').pluck(),
  };
}
