import { CsvError, parse } from 'csv-parse/sync';
import type { Finding } from '../../drivers/contracts/finding.ts';
import { csvColumns, type CsvKind } from './csv-columns.ts';
import type { RawOrder } from './raw-order.ts';

const MAX_RECORD_CHARS = 100_000;

/**
 * The orders of a CSV text with a header row. Columns are order fields (`csv-columns.ts`); comma, semicolon or tab part
 * the cells, whichever the header uses most; an empty cell is an absent field. A row with another number of cells than
 * the header is broken, the other rows go on. A column that no order has is handed on, to be named as an unknown field.
 */
export function csvOrders(text: string): readonly RawOrder[] {
  const skipped: RawOrder[] = [];
  let rows: readonly { readonly record: readonly string[]; readonly info: { readonly lines: number } }[];
  try {
    rows = parse(text, {
      bom: true, delimiter: delimiterOf(text), trim: true, info: true, skip_empty_lines: true, max_record_size: MAX_RECORD_CHARS, skip_records_with_error: true,
      on_skip: (error) => { skipped.push(broken(error)); return undefined; },
    }) as unknown as typeof rows;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return [broken(error)];
  }
  const [header, ...orders] = rows;
  if (header === undefined) return [finding(null, 'the file is empty')];
  const names = header.record;
  const doubled = names.find((name, index) => names.indexOf(name) !== index);
  if (doubled !== undefined) return [finding(null, `the column ${doubled.slice(0, 80)} is there twice`)];
  if (orders.length + skipped.length === 0) return [finding(null, 'the file holds no order')];
  return [...orders.map(({ record, info }): RawOrder => ({ kind: 'raw', position: info.lines, value: orderOf(names, record) })), ...skipped];
}

function delimiterOf(text: string): string {
  const header = text.slice(0, Math.min(text.length, MAX_RECORD_CHARS)).split(/\r?\n/, 1)[0] ?? '';
  const count = (mark: string): number => header.split(mark).length;
  return [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

/** A nested order from one row. Only names of the table are nested, so that no column name can reach a prototype. */
function orderOf(names: readonly string[], cells: readonly string[]): unknown {
  const order: Record<string, unknown> = {};
  names.forEach((name, index) => {
    const cell = (cells[index] ?? '').trim();
    if (cell === '') return;
    const kind = Object.hasOwn(csvColumns, name) ? csvColumns[name] : undefined;
    if (kind === undefined) Object.defineProperty(order, name, { value: cell, enumerable: true });
    else place(order, name.split('.'), cellValue(cell, kind));
  });
  return order;
}

function place(order: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first = '', ...rest] = path;
  if (rest.length === 0) {
    order[first] = value;
    return;
  }
  const child = (order[first] ?? {}) as Record<string, unknown>;
  order[first] = child;
  place(child, rest, value);
}

/** A cell that is not of its kind stays text: the schema then names the field. */
function cellValue(cell: string, kind: CsvKind): unknown {
  switch (kind) {
    case 'text':
      return cell;
    case 'number':
      return /^-?\d{1,9}$/.test(cell) ? Number(cell) : cell;
    case 'boolean':
      return { true: true, false: false, ja: true, nej: false, yes: true, no: false }[cell.toLowerCase()] ?? cell;
    case 'words':
      return cell.split('|').map((word) => word.trim());
    case 'accessories':
      return cell.split('|').map((entry) => {
        const [sku = '', quantity = '1'] = entry.split(':').map((part) => part.trim());
        return { sku, quantity: /^\d{1,9}$/.test(quantity) ? Number(quantity) : quantity };
      });
  }
}

function broken(error: CsvError | undefined): RawOrder {
  const line: unknown = error?.['lines'];
  return finding(typeof line === 'number' ? line : null, `not CSV: ${error?.code ?? 'unreadable row'}`);
}

function finding(position: number | null, note: string): RawOrder {
  const about: Finding = { code: 'ORD-SCHEMA', field: 'order', detail: { field: 'order', note } };
  return { kind: 'broken', position, finding: about };
}
