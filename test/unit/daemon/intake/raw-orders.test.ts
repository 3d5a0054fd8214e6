import { describe, expect, it } from 'vitest';
import { csvColumns } from '../../../../daemon/intake/csv-columns.ts';
import type { OrderFileKind } from '../../../../daemon/intake/order-files.ts';
import { rawOrders } from '../../../../daemon/intake/raw-orders.ts';
import { orderJsonSchema } from '../../../../queue/order/order-json-schema.ts';

const read = (text: string, kind: OrderFileKind): readonly (readonly [number | null, unknown])[] =>
  rawOrders(Buffer.from(text), kind).map((order) => [order.position, order.kind === 'raw' ? order.value : order.finding.detail?.note]);

describe('JSON', () => {
  it.each<[string, string, unknown]>([
    ['one order', '{"orderId":"A"}', [[null, { orderId: 'A' }]]],
    ['a list', '[{"orderId":"A"},{"orderId":"B"}]', [[1, { orderId: 'A' }], [2, { orderId: 'B' }]]],
    ['a byte order mark', '\ufeff{"orderId":"A"}', [[null, { orderId: 'A' }]]],
    ['a comma too many', '{\n  "orderId": "A",\n}', [[null, 'not JSON at line 3, column 1']]],
    ['half a file', '{"orderId": "A"', [[null, 'not JSON at line 1, column 16']]],
  ])('%s', (_name, text, orders) => {
    expect(read(text, 'json')).toEqual(orders);
  });

  it('a line each, with Windows line ends and a last line without', () => {
    expect(read('{"orderId":"A"}\r\n\r\n{"orderId":"B"}', 'ndjson')).toEqual([[1, { orderId: 'A' }], [3, { orderId: 'B' }]]);
  });
});

describe('CSV', () => {
  it('nests by the dots of the header and reads cells by their kind', () => {
    const text = 'orderId,holder.firstName,holder.identity.type,card.validityMonths,logo.use,holder.documents,accessories\nA-1," Åke ",PERSONNUMMER,12,ja,A1|LMA,EM_FOB:2|EM_HOLDER\n';
    expect(read(text, 'csv')).toEqual([
      [2, {
        orderId: 'A-1', holder: { firstName: 'Åke', identity: { type: 'PERSONNUMMER' }, documents: ['A1', 'LMA'] }, card: { validityMonths: 12 }, logo: { use: true },
        accessories: [{ sku: 'EM_FOB', quantity: 2 }, { sku: 'EM_HOLDER', quantity: 1 }],
      }],
    ]);
  });

  it.each([[',', '"Bygg, Betong & Co"'], [';', 'Bygg, Betong & Co'], ['\t', 'Bygg, Betong & Co']])('parted by %j', (mark, cell) => {
    expect(read(`\ufefforderId${mark}company.registeredName\r\nA-1${mark}${cell}\r\n`, 'csv')).toEqual([[2, { orderId: 'A-1', company: { registeredName: 'Bygg, Betong & Co' } }]]);
  });

  it('leaves what is not of its kind to the schema', () => {
    expect(read('card.validityMonths,logo.use,accessories\ntolv,kanske,EM_FOB:två\n', 'csv')).toEqual([[2, { card: { validityMonths: 'tolv' }, logo: { use: 'kanske' }, accessories: [{ sku: 'EM_FOB', quantity: 'två' }] }]]);
  });

  it('hands unknown columns on by name, whatever it is', () => {
    const [order] = rawOrders(Buffer.from('orderId,shoe.size,__proto__,holder.__proto__.x,constructor\nA-1,43,1,2,3\n'), 'csv');
    const value = order?.kind === 'raw' ? (order.value as object) : {};
    expect(Object.getOwnPropertyNames(value).toSorted()).toEqual(['__proto__', 'constructor', 'holder.__proto__.x', 'orderId', 'shoe.size']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('goes on after a row of another length', () => {
    expect(read('orderId,shipmentId\nA-1,S-1\nA-2\nA-3,S-3\n', 'csv')).toEqual([
      [2, { orderId: 'A-1', shipmentId: 'S-1' }],
      [4, { orderId: 'A-3', shipmentId: 'S-3' }],
      [3, 'not CSV: CSV_RECORD_INCONSISTENT_FIELDS_LENGTH'],
    ]);
  });

  it('refuses a column that is there twice, and a row without end', () => {
    expect(read('orderId,orderId\nA,B\n', 'csv')).toEqual([[null, 'the column orderId is there twice']]);
    expect(read(`orderId,shipmentId\nA-1,"${'x'.repeat(200_000)}`, 'csv')[0]?.[1]).toMatch(/^not CSV: /);
  });

  it('has a column for every field of the order that fits a cell', () => {
    const leaves = leafPaths(orderJsonSchema() as JsonSchema, '');
    const noCell = new Set(['photo.data', 'logo.data', 'photo.mime', 'photo.width', 'photo.height', 'logo.mime', 'logo.width', 'logo.height']);
    expect(Object.keys(csvColumns).toSorted()).toEqual(leaves.filter((path) => !noCell.has(path)).toSorted());
  });
});

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

function leafPaths({ properties }: JsonSchema, path: string): readonly string[] {
  if (properties === undefined) return [path];
  return Object.entries(properties).flatMap(([name, schema]) => leafPaths(schema, path === '' ? name : `${path}.${name}`));
}
