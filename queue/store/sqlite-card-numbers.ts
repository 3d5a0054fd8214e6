import { StationFault } from '../../drivers/contracts/fault.ts';
import type { CardNumberEntry, CardNumbers, CardNumberState } from './card-numbers.ts';
import type { StoreFile } from './store-file.ts';

/** The part of the numbers that is this station's: two stations never share one. */
export interface NumberRange {
  /** Two capital letters; `BB` in the trade's known numbers. */
  readonly prefix: string;
  readonly first: number;
  readonly last: number;
}

interface NumberRow {
  readonly number: string;
  readonly order_id: string;
  readonly attempt: number;
  readonly state: CardNumberState;
}

/** Year and month in Sweden, as the middle group of a card number: `2611`. */
const swedishMonth = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm', year: '2-digit', month: '2-digit' });

/** The middle group of a card number for an instant (milliseconds since 1970 UTC). */
export function monthGroup(at: number): string {
  const parts = swedishMonth.formatToParts(at);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('year')}${of('month')}`;
}

/** The card numbers of a store. Throws `CFG-INVALID` for an impossible range. */
export function createCardNumbers(file: StoreFile, range: NumberRange): CardNumbers {
  if (!/^[A-Z]{2}$/.test(range.prefix) || range.first < 1 || range.last > 999_999 || range.first > range.last) {
    throw new StationFault('CFG-INVALID', { field: 'cardNumbers', note: `${range.prefix} ${range.first}-${range.last}` });
  }
  return new SqliteCardNumbers(file, range);
}

class SqliteCardNumbers implements CardNumbers {
  readonly #file: StoreFile;
  readonly #range: NumberRange;
  readonly #statements: ReturnType<typeof statements>;

  constructor(file: StoreFile, range: NumberRange) {
    this.#file = file;
    this.#range = range;
    this.#statements = statements(file);
  }

  reserve(orderId: string, attempt: number): string {
    return this.#file.write(() => {
      const own = this.#statements.reservedOf.get(orderId, attempt);
      if (own !== undefined) return own.number;
      const number = this.#next();
      this.#statements.insert.run(number, orderId, attempt, this.#file.now());
      return number;
    });
  }

  adopt(cardNumber: string, orderId: string, attempt: number): void {
    this.#file.write(() => {
      const known = this.#statements.find.get(cardNumber);
      if (known === undefined) this.#statements.insert.run(cardNumber, orderId, attempt, this.#file.now());
      else if (known.order_id !== orderId || known.attempt !== attempt || known.state === 'retired') throw reused(cardNumber);
    });
  }

  spend(cardNumber: string): void {
    this.#file.write(() => {
      const known = this.#statements.find.get(cardNumber);
      if (known === undefined || known.state === 'retired') throw reused(cardNumber);
      this.#statements.setState.run('spent', this.#file.now(), cardNumber);
    });
  }

  retire(cardNumber: string): void {
    this.#file.write(() => {
      if (this.#statements.setState.run('retired', this.#file.now(), cardNumber).changes === 0) throw reused(cardNumber);
    });
  }

  leaveOut(count: number): void {
    this.#file.write(() => {
      const month = `${this.#range.prefix}-${monthGroup(this.#file.now())}`;
      const last = Math.max(this.#statements.counter.get(month) ?? 0, this.#range.first - 1) + count;
      if (last >= this.#range.last) throw new StationFault('STO-NUMBERS-OUT', { note: month });
      this.#statements.setCounter.run(month, last);
    });
  }

  find(cardNumber: string): CardNumberEntry | null {
    const row = this.#statements.find.get(cardNumber);
    return row === undefined ? null : toEntry(row);
  }

  ofOrder(orderId: string): readonly CardNumberEntry[] {
    return this.#statements.ofOrder.all(orderId).map(toEntry);
  }

  /** The counter moves in the same transaction as the number is entered; numbers from upstream are stepped over. */
  #next(): string {
    const month = `${this.#range.prefix}-${monthGroup(this.#file.now())}`;
    let last = Math.max(this.#statements.counter.get(month) ?? 0, this.#range.first - 1);
    for (;;) {
      last += 1;
      if (last > this.#range.last) throw new StationFault('STO-NUMBERS-OUT', { note: month });
      const number = `${month}-${String(last).padStart(6, '0')}`;
      if (this.#statements.find.get(number) !== undefined) continue;
      this.#statements.setCounter.run(month, last);
      return number;
    }
  }
}

function statements(file: StoreFile) {
  const { db } = file;
  return {
    find: db.prepare<[string], NumberRow>('select number, order_id, attempt, state from card_number where number = ?'),
    ofOrder: db.prepare<[string], NumberRow>('select number, order_id, attempt, state from card_number where order_id = ? order by attempt, number'),
    reservedOf: db.prepare<[string, number], NumberRow>(`select number, order_id, attempt, state from card_number where order_id = ? and attempt = ? and state <> 'retired' limit 1`),
    insert: db.prepare<[string, string, number, number]>(`insert into card_number values (?, ?, ?, 'reserved', ?)`),
    setState: db.prepare<[CardNumberState, number, string]>('update card_number set state = ?, at = ? where number = ?'),
    counter: db.prepare<[string], number>('select last from number_counter where month = ?').pluck(),
    setCounter: db.prepare<[string, number]>('insert into number_counter values (?, ?) on conflict (month) do update set last = excluded.last'),
  };
}

function toEntry(row: NumberRow): CardNumberEntry {
  return { cardNumber: row.number, orderId: row.order_id, attempt: row.attempt, state: row.state };
}

function reused(cardNumber: string): StationFault {
  return new StationFault('QC-NUMBER-REUSED', { data: { cardNumber } });
}
