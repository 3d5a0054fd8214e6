import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { endMachine } from '../campaign/kill-loop.ts';
import { checkPlastic } from '../campaign/plastic-checker.ts';
import { kortverk, program } from '../support/kortverk-command.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const sample = (id: string): string => join(packageRoot(), 'samples', 'batch', `ID06-${id}.json`);
const minutes = (count: number): number => count * 60_000;

/** A daemon on a simulated station, and what it said. */
class Daemon {
  readonly #child: ChildProcess;
  said = '';

  constructor(dir: string) {
    this.#child = spawn(process.execPath, [program, 'serve', '--simulate', '--dir', dir, '--time-factor', '0'], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout?.on('data', (chunk: Buffer) => { this.said += chunk.toString(); });
    this.#child.stderr?.on('data', (chunk: Buffer) => { this.said += chunk.toString(); });
  }

  async serving(): Promise<void> {
    await until(() => this.said.includes('Serving:') || this.#child.exitCode !== null);
    expect(this.said).toContain('Serving:');
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
    return this.#child.exitCode;
  }
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let look = 0; look < 600 && !(await holds()); look += 1) await pause(200);
}

describe('the daemon on a simulated station', () => {
  let folder: TemporaryFolder;
  let dir = '';
  let daemon: Daemon;

  beforeAll(async () => {
    folder = await temporaryFolder('serve');
    dir = join(folder.path, 'station');
    daemon = new Daemon(dir);
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
    daemon = new Daemon(dir);
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
    expect(backup.orders).toBe(8);
    expect(await daemon.end('SIGTERM')).toBe(0);
    const other = join(folder.path, 'other');
    const config = await movedConfig(dir, other);
    const restored = JSON.parse((await kortverk('restore', saved, '--config', config, '--json')).out) as { files: number; orders: number; held: string[] };
    expect(restored).toMatchObject({ files: backup.files, orders: 8 });
    expect(restored.held).toEqual(['ID06-10008']);
    expect((await kortverk('restore', saved, '--config', config)).exit).toBe(2);
    const verified = await kortverk('journal', 'verify', '--journal', join(other, 'data', 'journal.sqlite'));
    expect(verified.exit).toBe(0);
    const requeued = await kortverk('orders', 'advance', 'requeue', 'ID06-10008', '--config', config, '--json');
    expect(JSON.parse(requeued.out)).toEqual([{ orderId: 'ID06-10008', state: 'QUEUED' }]);
    const shown = await kortverk('orders', 'show', 'ID06-10001', '--config', config, '--json');
    expect((JSON.parse(shown.out) as { blanks: { fate: string }[] }).blanks.at(-1)?.fate).toBe('good');
  });
});

/** The configuration of a station whose data, letters and token lie elsewhere. */
async function movedConfig(dir: string, other: string): Promise<string> {
  const value = JSON.parse(await readFile(join(dir, 'kortverk.json'), 'utf8')) as { keys: Record<string, unknown> } & Record<string, unknown>;
  await mkdir(other, { recursive: true });
  const softhsm = join(other, 'softhsm2.conf');
  await writeFile(softhsm, `directories.tokendir = ${join(other, 'token')}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  const config = join(other, 'kortverk.json');
  await writeFile(config, JSON.stringify({ ...value, dataDir: 'data', lettersDir: 'letters', keys: { ...value.keys, environment: { SOFTHSM2_CONF: softhsm } } }));
  expect(existsSync(config)).toBe(true);
  return config;
}
