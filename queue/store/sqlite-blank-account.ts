import type { BlankAccount, BlankCounts, BlankEntry, BlankFate } from './blank-account.ts';
import type { StoreFile } from './store-file.ts';

interface BlankRow {
  readonly order_id: string;
  readonly attempt: number;
  readonly batch_id: string;
  readonly lot: string;
  readonly uid: string | null;
  readonly fate: BlankFate;
}

interface FateCount {
  readonly fate: BlankFate;
  readonly count: number;
}

/** The account of blanks of a store. */
export function createBlankAccount(file: StoreFile): BlankAccount {
  const { db } = file;
  const put = db.prepare<[string, number, string, string, string | null, BlankFate, number]>(
    `insert into blank values (?, ?, ?, ?, ?, ?, ?)
     on conflict (order_id, attempt) do update set uid = coalesce(excluded.uid, uid), fate = excluded.fate, at = excluded.at`,
  );
  const ofBatch = db.prepare<[string], FateCount>('select fate, count(*) as count from blank where batch_id = ? group by fate');
  const ofLot = db.prepare<[string], FateCount>('select fate, count(*) as count from blank where lot = ? group by fate');
  const ofOrder = db.prepare<[string], BlankRow>('select * from blank where order_id = ? order by attempt');
  return {
    record: (entry: BlankEntry) => {
      file.write(() => put.run(entry.orderId, entry.attempt, entry.batchId, entry.lot, entry.uid, entry.fate, file.now()));
    },
    countsOf: (batchId) => toCounts(ofBatch.all(batchId)),
    countsOfLot: (lot) => toCounts(ofLot.all(lot)),
    entriesOf: (orderId) => ofOrder.all(orderId).map(toEntry),
  };
}

function toCounts(rows: readonly FateCount[]): BlankCounts {
  const of = (fate: BlankFate): number => rows.find((row) => row.fate === fate)?.count ?? 0;
  const [good, rejected, inside, held] = [of('good'), of('rejected'), of('fed'), of('held')];
  return { fed: good + rejected + inside + held, good, rejected, inside, held };
}

function toEntry(row: BlankRow): BlankEntry {
  return { orderId: row.order_id, attempt: row.attempt, batchId: row.batch_id, lot: row.lot, uid: row.uid, fate: row.fate };
}
