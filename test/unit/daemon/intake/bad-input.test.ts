import { symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkOrders } from '../../../../daemon/intake/check-orders.ts';
import { defaultIntakeLimits } from '../../../../daemon/intake/intake-limits.ts';
import type { IntakeResult } from '../../../../daemon/intake/intake-result.ts';
import { exampleContext } from '../../../support/orders/example-context.ts';
import { picture, pngBomb, svgWithReferences } from '../../../support/orders/hostile-pictures.ts';
import { openOrderFolder, person, type OrderFolder } from '../../../support/orders/order-folder.ts';

let folder: OrderFolder;

beforeEach(async () => {
  folder = await openOrderFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

const check = (...paths: readonly string[]): Promise<IntakeResult> => checkOrders(paths.length === 0 ? [folder.path] : paths, exampleContext());

/** `CODE field file` of every refused order, the file without the folder. */
const refusals = ({ refused }: IntakeResult): readonly string[] =>
  refused.flatMap(({ findings }) => findings.map(({ code, field, file }) => `${code} ${field ?? ''} ${(file ?? '').replace(`${folder.path}/`, '')}`));
const accepted = (result: IntakeResult): readonly string[] => result.accepted.map(({ order }) => order.orderId);

/** Writes a good order and a bad one; the good one must go through whatever the bad one is. */
async function besideGood(bad: Record<string, unknown>): Promise<IntakeResult> {
  const orderId = 'BAD';
  await folder.writeOrder('bad.json', await folder.order({ orderId, holder: person('195704289999', 'Per-Olof', 'Ek'), ...bad }));
  await folder.writeOrder('good.json', await folder.order({ orderId: 'GOOD' }));
  const result = await check();
  expect(accepted(result)).toEqual(['GOOD']);
  expect(result.accepted[0]?.contentHash).toMatch(/^[0-9a-f]{64}$/);
  expect(result.refused.map((order) => order.orderId)).toEqual([orderId]);
  return result;
}

describe('one bad order beside a good one', () => {
  const photo = (file: string): Record<string, unknown> => ({ photo: { file, takenAt: '2026-08-20', review: { decision: 'approved', by: 'r', at: '2026-09-15T08:05:00Z' } } });
  const logo = (file: string): Record<string, unknown> => ({ logo: { use: true, file } });

  it('an unknown field', async () => {
    expect(refusals(await besideGood({ shoeSize: 43 }))).toEqual(['ORD-UNKNOWN-FIELD shoeSize bad.json']);
  });

  it('a missing picture, and all else that is wrong with it', async () => {
    expect(refusals(await besideGood({ ...photo('nobody.jpg'), orderer: { accountId: 'a', role: 'VISITOR' } }))).toEqual(['FIL-MISSING photo.file bad.json', 'ORD-NOT-AUTHORISED orderer.role bad.json']);
  });

  it('no picture named', async () => {
    expect(refusals(await besideGood({ photo: {} }))).toEqual(['ORD-MISSING photo.file bad.json']);
  });

  it('a picture that is no picture', async () => {
    await folder.write('note.jpg', 'This is a text.');
    expect(refusals(await besideGood(photo('note.jpg')))).toEqual(['PHO-FORMAT photo.file bad.json']);
  });

  it('a picture cut off', async () => {
    await truncate(await folder.write('cut.jpg', await picture(600, 800).jpeg().toBuffer()), 30_000);
    expect(refusals(await besideGood(photo('cut.jpg')))).toEqual(['PHO-UNREADABLE photo.file bad.json']);
  });

  it('a bomb of 40 000 x 40 000 pixels', async () => {
    await folder.write('bomb.png', await pngBomb(40_000));
    expect(refusals(await besideGood(photo('bomb.png')))).toEqual(['FIL-TOO-LARGE photo.file bad.json']);
    expect(refusals(await besideGood(logo('bomb.png')))).toEqual(['FIL-TOO-LARGE logo.file bad.json']);
  });

  it('an SVG with external references as logo', async () => {
    await folder.write('logo.svg', svgWithReferences);
    await folder.write('disguised.png', svgWithReferences);
    expect(refusals(await besideGood(logo('logo.svg')))).toEqual(['LOG-FORMAT logo.file bad.json']);
    expect(refusals(await besideGood(logo('disguised.png')))).toEqual(['LOG-FORMAT logo.file bad.json']);
  });

  it('a logo cut off', async () => {
    const whole = await picture(600, 200).png().toBuffer();
    await folder.write('cut-logo.png', whole.subarray(0, whole.length >> 1));
    expect(refusals(await besideGood(logo('cut-logo.png')))).toEqual(['LOG-UNREADABLE logo.file bad.json']);
  });

  it('a logo of 353 x 118', async () => {
    await folder.write('narrow.png', await picture(353, 118).png().toBuffer());
    expect(refusals(await besideGood(logo('narrow.png')))).toEqual(['LOG-TOO-SMALL logo bad.json']);
  });

  it('a logo wanted and not named', async () => {
    expect(refusals(await besideGood({ logo: { use: true } }))).toEqual(['LOG-MISSING logo.file bad.json']);
  });

  it('another digest than the order says', async () => {
    const { photo: named } = photo('photo.jpg') as { photo: object };
    expect(refusals(await besideGood({ photo: { ...named, sha256: '00'.repeat(32) } }))).toEqual(['FIL-UNREADABLE photo.file bad.json']);
  });

  it.each(['../outside.jpg', '/etc/passwd', 'pictures/../../outside.jpg', '..\\outside.jpg', 'C:\\photo.jpg', '.', 'link.jpg', 'photo.jpg\u0000.png'])('a picture outside the folder: %j', async (file) => {
    const outside = await openOrderFolder();
    await symlink(join(outside.path, 'photo.jpg'), join(folder.path, 'link.jpg'));
    expect(refusals(await besideGood(photo(file)))).toEqual(['FIL-OUTSIDE photo.file bad.json']);
    await outside[Symbol.asyncDispose]();
  });

  it('a folder and a device as picture', async () => {
    await folder.write('sub/x.txt', '');
    expect(refusals(await besideGood(photo('sub')))).toEqual(['FIL-UNREADABLE photo.file bad.json']);
  });

  it('a picture file over the bound', async () => {
    await folder.write('large.jpg', Buffer.alloc(defaultIntakeLimits.pictureBytes + 1, 0xff));
    expect(refusals(await besideGood(photo('large.jpg')))).toEqual(['FIL-TOO-LARGE photo.file bad.json']);
  });
});

describe('a broken file', () => {
  it.each<[string, string, string | Uint8Array, string]>([
    ['no JSON', 'broken.json', '{"orderId": "A-1", "holder": {"firstName": "Hemlig"', 'ORD-SCHEMA order broken.json'],
    ['nothing', 'broken.json', '', 'ORD-SCHEMA order broken.json'],
    ['bytes', 'broken.json', Uint8Array.of(0xff, 0xfe, 0x00, 0x80), 'ORD-SCHEMA order broken.json'],
    ['an empty list', 'broken.json', '[]', 'ORD-SCHEMA order broken.json'],
    ['a number', 'broken.json', '4711', 'ORD-SCHEMA order broken.json'],
    ['lists in lists', 'broken.json', '['.repeat(200_000), 'ORD-SCHEMA order broken.json'],
    ['deep lists', 'broken.json', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'ORD-SCHEMA order broken.json'],
    ['no CSV', 'broken.csv', 'orderId,photo.file\n"A-1,x', 'ORD-SCHEMA order broken.csv'],
    ['a header alone', 'broken.csv', 'orderId,photo.file\n', 'ORD-SCHEMA order broken.csv'],
    ['an empty NDJSON', 'broken.ndjson', '\n\n', 'ORD-SCHEMA order broken.ndjson'],
  ])('%s', async (_name, name, content, refusal) => {
    await folder.write(name, content);
    await folder.writeOrder('good.json', await folder.order({ orderId: 'GOOD' }));
    const result = await check();
    expect(accepted(result)).toEqual(['GOOD']);
    expect(refusals(result)).toEqual([refusal]);
    expect(JSON.stringify(result.refused)).not.toContain('Hemlig');
  });

  it('that is not there, beside one that is', async () => {
    const good = await folder.writeOrder('good.json', await folder.order({ orderId: 'GOOD' }));
    const result = await check(join(folder.path, 'nobody.json'), good);
    expect(accepted(result)).toEqual(['GOOD']);
    expect(refusals(result)).toEqual(['FIL-MISSING order nobody.json']);
  });

  it('that is a device, which is not waited for', async () => {
    expect(refusals(await check('/dev/zero'))).toEqual(['FIL-UNREADABLE order /dev/zero']);
  });

  it('over the bound', async () => {
    const path = await folder.write('large.json', '');
    await truncate(path, defaultIntakeLimits.orderFileBytes + 1);
    expect(refusals(await check(path))).toEqual(['FIL-TOO-LARGE order large.json']);
  });

  it('one line of NDJSON, the others go on', async () => {
    const lines = [await folder.order({ orderId: 'GOOD' }), 'broken', { orderId: 'EMPTY' }].map((order) => (typeof order === 'string' ? order : JSON.stringify(order)));
    const result = await check(await folder.write('orders.ndjson', lines.join('\n')));
    expect(accepted(result)).toEqual(['GOOD']);
    expect(result.refused.map(({ place, orderId }) => [place.position, orderId])).toEqual([[2, null], [3, 'EMPTY']]);
  });

  it('a folder without orders', async () => {
    expect(refusals(await check())).toEqual([`ORD-MISSING order ${folder.path}`]);
  });
});

describe('too much', () => {
  it('of orders: what is over the bound is said, not done', async () => {
    const path = await folder.write('many.json', JSON.stringify(Array.from({ length: 100_000 }, () => 1)));
    const result = await checkOrders([path], exampleContext(), { ...defaultIntakeLimits, orders: 10 });
    expect(result.refused.length).toBe(11);
    expect(result.refused.at(-1)?.findings[0]?.code).toBe('FIL-TOO-LARGE');
  });

  it('of pictures', async () => {
    await folder.writeOrder('list.json', await Promise.all(['A', 'B', 'C'].map((orderId) => folder.order({ orderId }))));
    const result = await checkOrders([folder.path], exampleContext(), { ...defaultIntakeLimits, batchPictureBytes: 1 });
    expect(accepted(result)).toEqual(['A']);
    expect(refusals(result)).toEqual(['FIL-TOO-LARGE order list.json']);
  });

  it('of folders', async () => {
    await folder.write('a/b/c/d/e/f.json', '{}');
    expect(refusals(await check())).toEqual([`FIL-TOO-LARGE order ${folder.path}`]);
  });
});
