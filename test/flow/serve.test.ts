import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { endMachine } from '../campaign/kill-loop.ts';
import { checkPlastic } from '../campaign/plastic-checker.ts';
import { kortverk } from '../support/kortverk-command.ts';
import { ServingDaemon, until } from '../support/serving-daemon.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const sample = (id: string): string => join(packageRoot(), 'samples', 'batch', `ID06-${id}.json`);
const minutes = (count: number): number => count * 60_000;

describe('the daemon on a simulated station', () => {
  let folder: TemporaryFolder;
  let dir = '';
  let daemon: ServingDaemon;

  beforeAll(async () => {
    folder = await temporaryFolder('serve');
    dir = join(folder.path, 'station');
    daemon = new ServingDaemon(dir);
    await daemon.serving();
  }, minutes(2));

  afterAll(async () => {
    await daemon.end('SIGTERM');
    await endMachine(dir);
    await folder[Symbol.asyncDispose]();
  }, minutes(2));

  async function ask<T>(...args: readonly string[]): Promise<T> {
    const ended = await kortverk(...args, '--config', join(dir, 'kortverk.json'), '--json');
    expect(`${ended.exit} ${ended.err}`, args.join(' ')).toBe('0 ');
    return JSON.parse(ended.out) as T;
  }

  async function stateOf(orderId: string): Promise<string> {
    return (await ask<{ summary: { state: string } }>('orders', 'show', orderId)).summary.state;
  }

  test('makes what is submitted, express first, and tells the portal of it once', { timeout: minutes(2) }, async () => {
    const { accepted } = await ask<{ accepted: { orderId: string; answer: string }[] }>('orders', 'submit', sample('10003'), sample('10004'));
    expect(accepted.map(({ orderId, answer }) => `${orderId} ${answer}`)).toEqual(['ID06-10003 stored', 'ID06-10004 stored']);
    await until(async () => (await stateOf('ID06-10003')) === 'PRODUCED' && (await stateOf('ID06-10004')) === 'PRODUCED');
    const made = daemon.said.split('\n').flatMap((line) => /(ID06-\d+) {2}produced/.exec(line)?.[1] ?? []);
    expect(made).toEqual(['ID06-10004', 'ID06-10003']);
    await until(async () => (await ask<{ undelivered: number }>('status')).undelivered === 0);
    const mailbox = join(dir, 'portal', 'mailbox');
    const messages = await Promise.all((await readdir(mailbox)).map(async (name) => JSON.parse(await readFile(join(mailbox, name), 'utf8')) as { id: string; kind: string }));
    expect(messages.flatMap(({ kind }) => (kind === 'order-due-warning' ? [] : [kind])).toSorted()).toEqual(['order-finished', 'order-finished', 'pin-handed-over', 'pin-handed-over']);
    expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length);
    expect((await ask<{ accepted: { answer: string }[] }>('orders', 'submit', sample('10003'))).accepted[0]?.answer).toBe('known');
  });

  test('ends a withdrawn order without a good card and with its numbers retired', { timeout: minutes(2) }, async () => {
    await ask('orders', 'submit', sample('10001'), sample('10002'));
    await ask('orders', 'withdraw', 'ID06-10002', '--by', 'Kim');
    await until(async () => (await stateOf('ID06-10001')) === 'PRODUCED');
    expect(await stateOf('ID06-10002')).toBe('WITHDRAWN');
    const { blanks, cardNumbers } = await ask<{ blanks: { fate: string }[]; cardNumbers: { state: string }[] }>('orders', 'show', 'ID06-10002');
    expect(blanks.filter(({ fate }) => fate === 'good')).toEqual([]);
    expect(cardNumbers.filter(({ state }) => state !== 'retired')).toEqual([]);
  });

  test('pauses a batch between cards, lets an express order cut in, stops after the card in the machine, and cancels what was not begun', { timeout: minutes(5) }, async () => {
    const { desk } = daemon;
    const stateIn = async (orderId: string): Promise<string> => (await desk.showOrder({ orderId })).summary.state;
    const current = async (): Promise<string | null> => (await desk.status({})).current;
    await desk.submitOrders({ paths: ['10009', '10010', '10011', '10013', '10014'].map(sample) });
    const { orderIds } = await desk.createBatch({ batchId: 'PAUSED', filter: {} });
    expect(orderIds.length).toBeGreaterThanOrEqual(4);
    // The first of them was in the machine before the batch was made: its blank is none of the batch's.
    const atRest = (): Promise<boolean> => until(async () => (await current()) === null, 100);
    expect(await atRest()).toBe(true);
    await desk.changeBatch({ batchId: 'PAUSED', event: 'start' });
    expect(await until(async () => orderIds.includes((await current()) ?? ''), 50)).toBe(true);
    const inMachine = (await current()) ?? '';
    expect((await desk.changeBatch({ batchId: 'PAUSED', event: 'pause' })).state).toBe('PAUSED');
    expect(await until(async () => (await stateIn(inMachine)) === 'PRODUCED', 50)).toBe(true);
    await desk.submitOrders({ paths: [sample('10012')] });
    expect(await until(async () => (await stateIn('ID06-10012')) === 'PRODUCED', 100)).toBe(true);
    expect(await atRest()).toBe(true);
    const madeOfBatch = async (): Promise<readonly string[]> => (await desk.listOrders({ states: ['PRODUCED'] })).map(({ orderId }) => orderId).filter((orderId) => orderIds.includes(orderId));
    expect(await madeOfBatch()).toEqual([inMachine]);
    await desk.changeBatch({ batchId: 'PAUSED', event: 'resume' });
    expect(await until(async () => ![null, inMachine].includes(await current()), 50)).toBe(true);
    await desk.changeBatch({ batchId: 'PAUSED', event: 'stop' });
    expect(await until(async () => (await desk.showBatch({ batchId: 'PAUSED' })).state === 'CLOSED', 100)).toBe(true);
    expect(await atRest()).toBe(true);
    expect(await madeOfBatch()).toEqual(expect.arrayContaining([inMachine]));
    expect(await madeOfBatch()).toHaveLength(2);
    const left = await desk.createBatch({ batchId: 'CANCELLED', filter: {} });
    expect(left.orderIds.toSorted()).toEqual(orderIds.filter((orderId) => !daemon.said.includes(`${orderId}  produced`)).toSorted());
    expect((await desk.changeBatch({ batchId: 'CANCELLED', event: 'cancel' })).state).toBe('CANCELLED');
    expect(await Promise.all(left.orderIds.map(stateIn))).toEqual(left.orderIds.map(() => 'QUEUED'));
    for (const orderId of left.orderIds) expect(await desk.withdrawOrder({ orderId, by: 'Kim' })).toMatchObject({ state: 'WITHDRAWN' });
    const shift = await kortverk('stock', 'close-shift', '--by', 'Kim', '--counted', 'LOT-SIMULATED=9999', '--config', join(dir, 'kortverk.json'));
    expect(shift.err).toMatch(/^QC-COUNT/);
    const { running } = await desk.shift({});
    const counted = running.lots.map(({ lot, expected }) => ({ lot, count: expected }));
    expect(await desk.closeShift({ counted, by: 'Kim', reason: null })).toMatchObject({ reason: null, lots: [{ lot: 'LOT-SIMULATED', difference: 0 }] });
  });

  test('finishes the card in the machine at SIGTERM and keeps the rest, which a batch makes when it is started and counted', { timeout: minutes(3) }, async () => {
    await ask('orders', 'submit', sample('10005'), sample('10006'), sample('10007'));
    await until(async () => (await ask<{ current: string | null }>('status')).current !== null);
    expect(await daemon.end('SIGTERM')).toBe(0);
    const orders = await ask<{ orderId: string; state: string }[]>('orders', 'list');
    expect(orders.filter(({ state }) => state === 'IN_PRODUCTION')).toEqual([]);
    expect(orders.filter(({ state }) => state === 'QUEUED').length).toBeGreaterThanOrEqual(1);
    expect((await kortverk('batches', 'start', 'NOBODY', '--config', join(dir, 'kortverk.json'))).exit).toBe(2);
    const { orderIds } = await ask<{ orderIds: string[] }>('batches', 'create', '--id', 'B1');
    expect(orderIds.toSorted()).toEqual(orders.filter(({ state }) => state === 'QUEUED').map(({ orderId }) => orderId).toSorted());
    daemon = new ServingDaemon(dir);
    await daemon.serving();
    expect((await ask<{ state: string }>('batches', 'show', 'B1')).state).toBe('OPEN');
    await ask('batches', 'start', 'B1');
    await until(async () => (await ask<{ state: string }>('batches', 'show', 'B1')).state === 'CLOSED');
    const { difference, tally } = await ask<{ difference: number; tally: { good: number; moved: { issued: number; returned: number } } }>('batches', 'show', 'B1');
    expect({ difference, good: tally.good, used: tally.moved.issued - tally.moved.returned }).toEqual({ difference: 0, good: orderIds.length, used: orderIds.length });
    const produced = (await ask<{ orderId: string; state: string }[]>('orders', 'list', '--state', 'PRODUCED')).map(({ orderId }) => orderId);
    expect(produced).toEqual(expect.arrayContaining(['ID06-10005', 'ID06-10006', 'ID06-10007']));
    expect(checkPlastic(join(dir, 'machine', 'plastic.ndjson'), join(dir, 'station', 'journal.sqlite'), produced).violations).toEqual([]);
  });

  test('is backed up while it works, and restored on an empty station, where what was due is held', { timeout: minutes(3) }, async () => {
    await ask('orders', 'submit', sample('10008'));
    const saved = join(folder.path, 'saved');
    const backup = await ask<{ files: number; orders: number }>('backup', saved);
    expect(backup.orders).toBe(14);
    expect(await daemon.end('SIGTERM')).toBe(0);
    const other = join(folder.path, 'other');
    const config = await movedConfig(dir, other);
    // Cut off in the middle: a file stands where the letters' folder would be.
    await writeFile(join(other, 'letters'), '');
    expect((await kortverk('restore', saved, '--config', config)).err).toMatch(/^STO-WRITE: .*letters/);
    for (const command of [['orders', 'list', '--config', config], ['restore', saved, '--config', config]]) {
      const refused = await kortverk(...command);
      expect(`${refused.exit} ${refused.err}`, command.join(' ')).toMatch(/^[12] STO-BROKEN: .*a restore into .* was cut off/);
    }
    for (const laid of ['letters', 'station']) await rm(join(other, laid), { recursive: true });
    const restored = JSON.parse((await kortverk('restore', saved, '--config', config, '--json')).out) as { files: number; orders: number; held: string[] };
    expect(restored).toMatchObject({ files: backup.files, orders: 14 });
    expect(restored.held).toEqual(['ID06-10008']);
    expect((await kortverk('restore', saved, '--config', config)).exit).toBe(2);
    const verified = await kortverk('journal', 'verify', '--journal', join(other, 'station', 'journal.sqlite'));
    expect(verified.exit).toBe(0);
    const requeued = await kortverk('orders', 'advance', 'requeue', 'ID06-10008', '--config', config, '--json');
    expect(JSON.parse(requeued.out)).toEqual([{ orderId: 'ID06-10008', state: 'QUEUED' }]);
    const shown = await kortverk('orders', 'show', 'ID06-10001', '--config', config, '--json');
    expect((JSON.parse(shown.out) as { blanks: { fate: string }[] }).blanks.at(-1)?.fate).toBe('good');
    const again = new ServingDaemon(other);
    try {
      await again.serving();
      expect(await until(async () => (await again.desk.showOrder({ orderId: 'ID06-10008' })).summary.state === 'PRODUCED')).toBe(true);
      expect(checkPlastic(join(other, 'machine', 'plastic.ndjson'), join(other, 'station', 'journal.sqlite'), ['ID06-10008']).violations).toEqual([]);
    } finally {
      await again.end('SIGTERM');
      await endMachine(other);
    }
  });
});

/** The configuration of a station whose data, letters and token lie elsewhere, where a person has laid the token's PINs. */
async function movedConfig(dir: string, other: string): Promise<string> {
  const value = JSON.parse(await readFile(join(dir, 'kortverk.json'), 'utf8')) as { keys: Record<string, unknown> } & Record<string, unknown>;
  await mkdir(other, { recursive: true });
  const softhsm = join(other, 'token', 'softhsm2.conf');
  await mkdir(join(other, 'token'), { recursive: true });
  for (const pin of ['user.pin', 'officer.pin']) await copyFile(join(dir, 'token', pin), join(other, 'token', pin));
  await writeFile(softhsm, `directories.tokendir = ${join(other, 'token', 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  const config = join(other, 'kortverk.json');
  await writeFile(config, JSON.stringify({ ...value, dataDir: 'station', lettersDir: 'letters', keys: { ...value.keys, environment: { SOFTHSM2_CONF: softhsm } } }));
  expect(existsSync(config)).toBe(true);
  return config;
}
