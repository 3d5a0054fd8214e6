import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkOrders } from '../../../../daemon/intake/check-orders.ts';
import { csvColumns } from '../../../../daemon/intake/csv-columns.ts';
import { exampleContext } from '../../../support/orders/example-context.ts';
import { openOrderFolder, type FileOrder, type OrderFolder } from '../../../support/orders/order-folder.ts';

let folder: OrderFolder;
let order: FileOrder;

beforeEach(async () => {
  folder = await openOrderFolder();
  order = await folder.order({ orderId: 'A-1', accessories: [{ sku: 'EM_FOB', quantity: 1 }] });
});
afterEach(() => folder[Symbol.asyncDispose]());

/** The one hash that the order has, in whatever file it stands. */
async function hashIn(path: string): Promise<string | undefined> {
  const { accepted, refused } = await checkOrders([path], exampleContext());
  expect(refused.map(({ findings }) => findings)).toEqual([]);
  expect(accepted.length).toBe(1);
  return accepted[0]?.contentHash;
}

describe('one order', () => {
  const expected = (): unknown => (order as { approvals?: { holder?: { contentHash?: string } } }).approvals?.holder?.contentHash;

  it('as JSON, in a list, as NDJSON, in a folder of its own', async () => {
    expect(await hashIn(await folder.writeOrder('1.json', order))).toBe(expected());
    expect(await hashIn(await folder.writeOrder('2.json', [order]))).toBe(expected());
    expect(await hashIn(await folder.write('3.ndjson', `${JSON.stringify(order)}\n`))).toBe(expected());
    const sub = await openOrderFolder();
    await sub.write('A-1/photo.jpg', await readFile(join(folder.path, 'photo.jpg')));
    await sub.write('A-1/logo.png', await readFile(join(folder.path, 'logo.png')));
    await sub.writeOrder('A-1/order.json', order);
    expect(await hashIn(sub.path)).toBe(expected());
    await sub[Symbol.asyncDispose]();
  });

  it('with its photo in base64', async () => {
    const { photo, ...rest } = order;
    const { file: _file, ...statements } = photo as Record<string, unknown>;
    const data = (await readFile(join(folder.path, 'photo.jpg'))).toString('base64');
    expect(await hashIn(await folder.writeOrder('1.json', { ...rest, photo: { ...statements, data } }))).toBe(expected());
  });

  it('as CSV', async () => {
    const cells = Object.keys(csvColumns).map((column) => [column, cellOf(order, column)] as const).filter(([, cell]) => cell !== '');
    const line = (texts: readonly string[]): string => texts.map((text) => `"${text}"`).join(';');
    const path = await folder.write('orders.csv', `${line(cells.map(([column]) => column))}\r\n${line(cells.map(([, cell]) => cell))}\r\n`);
    expect(await hashIn(path)).toBe(expected());
  });

  it('in a file of another name', async () => {
    expect(await hashIn(await folder.writeOrder('order.txt', order))).toBe(expected());
  });
});

it('a base64 photo of 30 MB is read within seconds', async () => {
  const { photo, ...rest } = order;
  const { file: _file, ...statements } = photo as Record<string, unknown>;
  const jpeg = await readFile(join(folder.path, 'photo.jpg'));
  const padded = Buffer.concat([jpeg, Buffer.alloc(30 * 1024 * 1024 - jpeg.length)]).toString('base64');
  const start = performance.now();
  const { accepted, refused } = await checkOrders([await folder.writeOrder('1.json', { ...rest, photo: { ...statements, data: padded } })], exampleContext());
  expect(performance.now() - start).toBeLessThan(8000);
  expect(accepted.length + refused.length).toBe(1);
});

function cellOf(value: unknown, column: string): string {
  const found = column.split('.').reduce<unknown>((part, name) => (typeof part === 'object' && part !== null ? (part as Record<string, unknown>)[name] : undefined), value);
  if (column === 'accessories') return 'EM_FOB:1';
  return typeof found === 'string' ? found : (JSON.stringify(found) ?? '');
}
