import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkOrders } from '../../../../daemon/intake/check-orders.ts';
import type { IntakeResult } from '../../../../daemon/intake/intake-result.ts';
import { readOrders } from '../../../../daemon/intake/read-orders.ts';
import { exampleContext } from '../../../support/orders/example-context.ts';
import { openOrderFolder, person, type OrderFolder } from '../../../support/orders/order-folder.ts';
import { picture } from '../../../support/orders/hostile-pictures.ts';

let folder: OrderFolder;

beforeEach(async () => {
  folder = await openOrderFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

const accepted = ({ accepted: orders }: IntakeResult): readonly string[] => orders.map(({ order }) => order.orderId);
const refused = ({ refused: orders }: IntakeResult): readonly string[] => orders.flatMap(({ orderId, findings }) => findings.map(({ code }) => `${orderId ?? ''} ${code}`));
const perOlof = person('195704289999', 'Per-Olof', 'Ek');

describe('an order twice in a batch', () => {
  it('is taken once when its copies are equal', async () => {
    const order = await folder.order({ orderId: 'A-1' });
    await folder.writeOrder('1.json', order);
    await folder.writeOrder('2.json', order);
    const result = await checkOrders([folder.path], exampleContext());
    expect(accepted(result)).toEqual(['A-1']);
    expect(result.accepted[0]?.place.file).toMatch(/1\.json$/);
    expect(refused(result)).toEqual(['A-1 ORD-TWICE']);
    expect(result.refused[0]?.findings[0]).toMatchObject({ field: 'orderId', file: expect.stringMatching(/2\.json$/) as string });
  });

  it('is not taken at all when its copies differ', async () => {
    await folder.writeOrder('list.json', [await folder.order({ orderId: 'A-1' }), await folder.order({ orderId: 'A-1', holder: perOlof }), await folder.order({ orderId: 'A-2' })]);
    const result = await readOrders([folder.path]);
    expect(accepted(result)).toEqual(['A-2']);
    expect(refused(result)).toEqual(['A-1 ORD-TWICE', 'A-1 ORD-TWICE']);
  });

  it('also when one file is named twice', async () => {
    const path = await folder.writeOrder('1.json', await folder.order({ orderId: 'A-1' }));
    expect(refused(await checkOrders([path, path], exampleContext()))).toEqual(['A-1 ORD-TWICE']);
  });
});

describe('orders of one batch know each other', () => {
  const both = async (first: Record<string, unknown>, second: Record<string, unknown>): Promise<IntakeResult> => {
    await folder.writeOrder('list.json', [await folder.order({ orderId: 'A-1', ...first }), await folder.order({ orderId: 'A-2', ...second })]);
    return checkOrders([folder.path], exampleContext());
  };
  const ownPhoto = async (): Promise<Record<string, unknown>> => {
    await folder.write('other.jpg', await picture(500, 700).jpeg().toBuffer());
    return { photo: { file: 'other.jpg', takenAt: '2026-08-20', review: { decision: 'approved', by: 'r', at: '2026-09-15T08:05:00Z' } } };
  };

  it('one person at one company, written differently', async () => {
    const result = await both({ holder: person('000229-2399', 'Åke', 'Sjöström') }, { holder: person('200002292399', 'Åke', 'Sjöström') });
    expect(accepted(result)).toEqual(['A-1']);
    expect(refused(result)).toEqual(['A-2 REO-DUPLICATE']);
  });

  it('an order that is refused stands in nobody’s way', async () => {
    expect(accepted(await both({ withdrawnAt: '2026-09-20T08:00:00Z' }, {}))).toEqual(['A-2']);
  });

  it('one card number', async () => {
    const card = { generation: '2.0', technologyProfile: 'PIVC_MIFARE', number: 'BB-2611-000001' };
    expect(refused(await both({ card }, { card, holder: perOlof, ...(await ownPhoto()) }))).toEqual(['A-2 QC-NUMBER-REUSED']);
  });

  it('one photo on two persons', async () => {
    expect(refused(await both({}, { holder: perOlof }))).toEqual(['A-2 PHO-REUSED']);
    expect(refused(await both({}, { holder: perOlof, ...(await ownPhoto()) }))).toEqual([]);
  });

  it('one message with two orders', async () => {
    const messageId = '6f1c0c5e-7d0a-4c61-9b1e-000000000001';
    expect(refused(await both({ messageId }, { messageId, holder: perOlof, ...(await ownPhoto()) }))).toEqual(['A-2 ORD-CONFLICT']);
  });
});

describe('what an accepted order carries', () => {
  it('its pictures as delivered, its hash, its warnings, and measured facts only', async () => {
    const { photo } = await folder.order({ orderId: 'A-1' });
    await folder.writeOrder('1.json', await folder.order({ orderId: 'A-1', photo: { ...(photo as object), width: 1, height: 1, takenAt: undefined } }));
    const { accepted: [order] } = await checkOrders([folder.path], exampleContext());
    expect(order?.order.photo).toMatchObject({ assetId: 'photo.jpg', width: 492, height: 656, mime: 'image/jpeg' });
    expect(Buffer.from(order?.photo ?? []).subarray(0, 3).toString('hex')).toBe('ffd8ff');
    expect(order?.logo?.length).toBeGreaterThan(100);
    expect(order?.warnings.map(({ code }) => code)).toEqual(['PHO-AGE-UNKNOWN']);
    expect(JSON.stringify(order?.order)).not.toMatch(/"file"|"data"/);
  });

  it('no logo when none is used, and a warning when one was offered', async () => {
    await folder.writeOrder('1.json', await folder.order({ orderId: 'A-1', logo: { use: false, file: 'logo.png' } }));
    const { accepted: [order] } = await checkOrders([folder.path], exampleContext());
    expect(order?.logo).toBeNull();
    expect(order?.warnings.map(({ code }) => code)).toEqual(['LOG-NOT-SELECTED']);
  });

  it('numbers in their stored form', async () => {
    await folder.writeOrder('1.json', await folder.order({ orderId: 'A-1', holder: person('000229-2399', 'Åke', 'Sjöström') }));
    const { accepted: [order] } = await checkOrders([folder.path], exampleContext());
    expect(order?.order.holder.identity.value).toBe('200002292399');
  });

  it('nothing of the photo that the folder has and no order names; other files are told', async () => {
    await folder.write('notes.txt', 'x');
    await folder.write('.DS_Store', 'x');
    await folder.writeOrder('1.json', await folder.order({ orderId: 'A-1' }));
    expect((await readOrders([folder.path])).ignored).toEqual([`${folder.path}/notes.txt`]);
  });
});
