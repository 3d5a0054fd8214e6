import type { ClosedShift, ShiftBook, ShiftLot } from '../stock/shift-account.ts';
import type { StoreFile } from './store-file.ts';

interface ShiftRow {
  readonly opened_at: number;
  readonly closed_at: number;
  readonly by: string;
  readonly reason: string | null;
  readonly lots: string;
}

/** The closed shifts of a store. */
export function createShifts(file: StoreFile): ShiftBook {
  const insert = file.db.prepare<[number, number, string, string | null, string]>('insert into shift (opened_at, closed_at, by, reason, lots) values (?, ?, ?, ?, ?)');
  const newest = file.db.prepare<[number], ShiftRow>('select opened_at, closed_at, by, reason, lots from shift order by seq desc limit ?');
  const list = (limit: number): readonly ClosedShift[] => newest.all(limit).map(toShift);
  return {
    last: () => list(1)[0] ?? null,
    list,
    add: ({ openedAt, closedAt, by, reason, lots }) => { file.write(() => insert.run(openedAt, closedAt, by, reason, JSON.stringify(lots))); },
  };
}

function toShift({ opened_at: openedAt, closed_at: closedAt, by, reason, lots }: ShiftRow): ClosedShift {
  return { openedAt, closedAt, by, reason, lots: JSON.parse(lots) as ShiftLot[] };
}
