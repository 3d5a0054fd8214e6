import { request } from 'node:http';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { daemonAnswers, deskOfDaemon } from '../../../../daemon/api/desk-client.ts';
import { openMetricsServer } from '../../../../daemon/api/metrics-server.ts';
import { openDeskServer } from '../../../../daemon/api/desk-server.ts';
import { stationDesk } from '../../../../daemon/station/desk.ts';
import type { BenchReport, StationDesk } from '../../../../daemon/station/station-desk.ts';
import type { Journal } from '../../../../queue/journal/journal.ts';
import { openSqliteJournal } from '../../../../queue/journal/sqlite-journal.ts';
import type { OrderStore } from '../../../../queue/store/order-store.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import { clockAt, dataKey, newOrder } from '../../../support/queue/stored-orders.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

const bench: BenchReport = {
  bench: 'Bench 1',
  reading: {
    description: { maker: 'Evolis', model: 'Primacy 2', serial: '77', firmware: '1', stations: ['contactless', 'contact'], duplex: true, colour: true, magnetic: false, widthDots: 1016, heightDots: 648 },
    supplies: { ribbon: 'ymcko', ribbonSetsLeft: 41, cardsUntilCleaning: 612, head: 'H-1', headCards: null },
    evidence: { position: 'none', cardsFed: 900, panelsPrinted: 9000, cardsToOutput: null, cardsToReject: null },
    at: 1_700_000_000_000,
  },
  silent: null,
  printedMs: 5_400_000,
  findings: [],
};

describe('The desk of a station over its socket', () => {
  let folder: TemporaryFolder;
  let store: OrderStore;
  let journal: Journal;
  let server: AsyncDisposable;
  let socket: string;
  let desk: StationDesk;

  beforeEach(async () => {
    folder = await temporaryFolder('desk');
    const clock = clockAt(() => Date.UTC(2026, 10, 23, 9));
    store = openOrderStore({ dir: join(folder.path, 'store'), dataKey: dataKey(), clock });
    journal = openSqliteJournal({ path: join(folder.path, 'journal.sqlite'), clock });
    socket = join(folder.path, 'desk.sock');
    const parts = { stationId: 's1', clock, signal: new AbortController().signal, store, journal, production: null, keeper: null, checkOrders: async () => ({ accepted: [], refused: [], ignored: [] }), backup: async () => 0, bench: async () => bench, requireBatch: async () => undefined };
    server = await openDeskServer(socket, stationDesk(parts));
    desk = deskOfDaemon(socket);
  });

  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    journal[Symbol.dispose]();
    store[Symbol.dispose]();
    await folder[Symbol.asyncDispose]();
  });

  function post(path: string, body: string): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((resolve, reject) => {
      const sent = request({ socketPath: socket, path, method: 'POST' }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => { text += chunk.toString(); });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  it('is open to its own user only and answers over the wire', async () => {
    expect(((await stat(socket)).mode & 0o777).toString(8)).toBe('600');
    store.putOrder(newOrder('A', { dueAt: Date.UTC(2026, 10, 23, 8) }));
    expect(await desk.status({})).toMatchObject({ station: 's1', serving: false, orders: { QUEUED: 1 }, late: [{ orderId: 'A', code: 'DEL-OVERDUE' }] });
    expect((await desk.listOrders({}))[0]?.orderId).toBe('A');
  });

  it('tells a fault with its code, also a call that nobody knows and a body of the wrong form', async () => {
    await expect(desk.showOrder({ orderId: 'NOBODY' })).rejects.toMatchObject({ code: 'STO-UNKNOWN-ORDER' });
    expect(await post('/v1/constructor', '{}')).toMatchObject({ status: 422, text: expect.stringContaining('CLI-USAGE') as string });
    expect(await post('/v1/withdrawOrder', '{"orderId":"A"}')).toMatchObject({ status: 422, text: expect.stringContaining('"by"') as string });
    expect(await post('/v1/status', '{"colour":"green"}')).toMatchObject({ status: 422 });
    expect(await post('/v1/status', '{')).toMatchObject({ status: 422, text: expect.stringContaining('not JSON') as string });
  });

  it('withdraws an order once, out of its batch, and tells the portal', async () => {
    store.putOrder(newOrder('A'));
    store.batches.create('B');
    store.batches.setOrders('B', ['A']);
    expect(await desk.withdrawOrder({ orderId: 'A', by: 'Kim' })).toEqual({ orderId: 'A', state: 'WITHDRAWN' });
    expect([store.batches.batchOf('A'), store.outbox.pending(5).map(({ kind }) => kind)]).toEqual([null, ['order-withdrawn']]);
    await expect(desk.withdrawOrder({ orderId: 'A', by: 'Kim' })).rejects.toMatchObject({ code: 'CLI-USAGE' });
  });

  it('takes an order through shipping by the states of its life, and refuses what cannot happen', async () => {
    store.putOrder(newOrder('A'));
    await expect(desk.advanceOrders({ orderIds: ['A'], event: 'ship' })).rejects.toMatchObject({ code: 'CLI-USAGE' });
    store.setState('A', 'PRODUCED');
    expect(await desk.advanceOrders({ orderIds: ['A'], event: 'ship' })).toEqual([{ orderId: 'A', state: 'SHIPPED' }]);
  });

  it('keeps the stock book', async () => {
    await desk.registerLot({ lot: 'L1', product: 'PIV', count: 3, uids: ['04AABBCC'], by: 'Kim' });
    const [lot] = await desk.moveBlanks({ lot: 'L1', kind: 'issued', count: 2, batchId: null, by: 'Kim' });
    expect(lot).toMatchObject({ lot: 'L1', inStock: 1, atBench: 2, uids: 1 });
    await expect(desk.moveBlanks({ lot: 'L1', kind: 'issued', count: 2, batchId: null, by: 'Kim' })).rejects.toMatchObject({ code: 'CLI-USAGE' });
    await expect(desk.registerLot({ lot: 'L1', product: 'PIV', count: 1, uids: ['04AABBCD', '04AABBCE'], by: 'Kim' })).rejects.toMatchObject({ code: 'CLI-USAGE' });
  });

  it('is gone with its socket when the daemon ends', async () => {
    expect(await daemonAnswers(socket)).toBe(true);
    await server[Symbol.asyncDispose]();
    expect(await daemonAnswers(socket)).toBe(false);
    await expect(desk.status({})).rejects.toMatchObject({ code: 'LNK-REFUSED' });
  });

  it('gives a collector the figures of station and bench, on the socket and on TCP, and nothing of a person', async () => {
    store.putOrder(newOrder('A'));
    const overSocket = await get({ socketPath: socket });
    expect(overSocket.status).toBe(200);
    expect(overSocket.type).toContain('text/plain');
    for (const line of [
      'kortverk_ribbon_sets_left{bench="Bench 1",printer="77",ribbon="ymcko",station="s1"} 41',
      'kortverk_cards_until_cleaning{bench="Bench 1",printer="77",station="s1"} 612',
      'kortverk_print_head_hours{bench="Bench 1",printer="77",station="s1"} 1.5',
      'kortverk_panels_printed{bench="Bench 1",printer="77",station="s1"} 9000',
      'kortverk_printer_answers{bench="Bench 1",printer="77",station="s1"} 1',
      'kortverk_orders{state="QUEUED",station="s1"} 1',
    ]) expect(overSocket.text.split('\n')).toContain(line);
    expect(overSocket.text).not.toContain('kortverk_print_head_cards{');
    await using metrics = await openMetricsServer({ host: '127.0.0.1', port: 0 }, desk);
    expect((await get({ host: '127.0.0.1', port: metrics.port })).text).toBe(overSocket.text);
    expect((await get({ host: '127.0.0.1', port: metrics.port }, '/v1/status')).status).toBe(404);
    await expect(openMetricsServer({ host: '127.0.0.1', port: metrics.port }, desk)).rejects.toMatchObject({ code: 'CFG-INVALID', detail: { field: 'metrics' } });
  });
});

function get(where: { readonly socketPath: string } | { readonly host: string; readonly port: number }, path = '/metrics'): Promise<{ readonly status: number; readonly type: string; readonly text: string }> {
  return new Promise((resolve, reject) => {
    request({ ...where, path, method: 'GET' }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => { text += chunk.toString(); });
      response.on('end', () => { resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text }); });
    }).on('error', reject).end();
  });
}
