import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { endMachine } from '../campaign/kill-loop.ts';
import { checkPlastic } from '../campaign/plastic-checker.ts';
import { kortverk, type Ended } from '../support/kortverk-command.ts';

const samples = join(packageRoot(), 'samples', 'batch');
const minutes = (count: number): number => count * 60_000;

interface Report {
  readonly lines: readonly { readonly orderId: string; readonly outcome: string; readonly uid: string; readonly cardNumber: string }[];
  readonly refused: readonly { readonly orderId: string | null; readonly file: string; readonly findings: readonly { readonly code: string; readonly field?: string }[] }[];
  readonly blanks: { readonly fed: number; readonly good: number; readonly rejected: number };
}

describe('the sample batch on a simulated station', () => {
  let dir = '';
  let first: Ended;
  let report: Report;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kv-batch-'));
    first = await kortverk('batch', samples, '--simulate', '--dir', dir, '--time-factor', '0', '--expect', join(packageRoot(), 'samples', 'expected-outcomes.json'), '--json');
    report = JSON.parse(first.out) as Report;
  }, minutes(5));

  afterAll(async () => {
    await endMachine(dir);
    await rm(dir, { recursive: true, force: true });
  });

  test('ends as the list of expected outcomes says', () => {
    expect(first.err).toBe('');
    expect(first.exit).toBe(0);
    expect(report.lines.filter(({ outcome }) => outcome === 'produced').length).toBeGreaterThanOrEqual(10);
    expect(new Set(report.refused.flatMap(({ findings }) => findings.map(({ code }) => code))).size).toBeGreaterThanOrEqual(4);
  });

  test('leaves pictures, chips and the account of every produced card', async () => {
    for (const { orderId, uid, cardNumber } of report.lines) {
      const folder = join(dir, 'results', 'cards', orderId);
      for (const side of ['front.png', 'back.png']) expect((await stat(join(folder, side))).size).toBeGreaterThan(10_000);
      const chips = JSON.parse(await readFile(join(folder, 'chips.json'), 'utf8')) as { piv: { certificates: { subject: string }[] } };
      expect(chips.piv.certificates.map(({ subject }) => subject.includes(cardNumber))).toEqual([true, true]);
      expect(await readFile(join(folder, 'attempt.json'), 'utf8')).toContain(uid);
    }
  });

  test('agrees with the machine about every blank', () => {
    const produced = report.lines.map(({ orderId }) => orderId);
    const verdict = checkPlastic(join(dir, 'machine', 'plastic.ndjson'), join(dir, 'station', 'journal.sqlite'), produced);
    expect(verdict.violations).toEqual([]);
    expect({ fed: verdict.fed, good: verdict.good, rejected: verdict.rejected }).toEqual(report.blanks);
  });

  test('writes no personal number, PIN or key into anything that is kept but the encrypted store', async () => {
    const numbers = await personalNumbers();
    expect(numbers.length).toBeGreaterThan(5);
    for (const file of await filesBelow(join(dir, 'station'))) {
      const text = (await readFile(file)).toString('latin1');
      for (const number of numbers) expect(text.includes(number), `${file} holds a personal number`).toBe(false);
    }
  });

  test('has a journal whose chain verifies', async () => {
    const verified = await kortverk('journal', 'verify', '--journal', join(dir, 'station', 'journal.sqlite'));
    expect(verified.err).toBe('');
    expect(verified.exit).toBe(0);
  });

  test('reports every order as already produced the second time, and feeds nothing', { timeout: minutes(2) }, async () => {
    const second = await kortverk('batch', samples, '--simulate', '--dir', dir, '--time-factor', '0', '--expect', join(packageRoot(), 'samples', 'expected-outcomes.json'), '--json');
    const again = JSON.parse(second.out) as Report;
    expect(second.exit).toBe(0);
    expect(again.lines.map(({ outcome }) => outcome)).toEqual(report.lines.map(() => 'already produced'));
    expect(again.lines.map(({ uid }) => uid).toSorted()).toEqual(report.lines.map(({ uid }) => uid).toSorted());
    expect(again.blanks).toEqual(report.blanks);
  });
});

describe('bad input', () => {
  let dir = '';
  let orders = '';

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kv-bad-'));
    orders = join(dir, 'orders');
    await cp(samples, orders, { recursive: true, filter: (source) => !/ID06-\d+\.json$/.test(source) || /ID06-1000[12]\.json$/.test(source) });
    const good = JSON.parse(await readFile(join(samples, 'ID06-10005.json'), 'utf8')) as Record<string, unknown>;
    const bad = (name: string, change: Record<string, unknown>): Promise<void> => writeFile(join(orders, `${name}.json`), JSON.stringify({ ...good, orderId: name, ...change }));
    await writeFile(join(orders, 'broken.json'), '{"orderId": "BROKEN",');
    await bad('UNKNOWN-FIELD', { colour: 'green' });
    await bad('NO-PICTURE', { photo: { ...(good['photo'] as object), file: 'photos/nobody.png', sha256: undefined } });
    await writeFile(join(orders, 'photos', 'text.png'), 'this is no picture');
    await bad('NO-IMAGE', { photo: { ...(good['photo'] as object), file: 'photos/text.png', sha256: undefined } });
    await writeFile(join(orders, 'logos', 'logo.svg'), '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="200"><image href="file:///etc/passwd"/></svg>');
    await bad('SVG-LOGO', { logo: { use: true, file: 'logos/logo.svg' } });
  });

  afterAll(async () => {
    await endMachine(dir);
    await rm(dir, { recursive: true, force: true });
  });

  test('is refused with code, field and file, the other orders go on, and the command exits 1', { timeout: minutes(3) }, async () => {
    const ended = await kortverk('batch', orders, '--simulate', '--dir', dir, '--time-factor', '0', '--json');
    const report = JSON.parse(ended.out) as Report;
    expect(ended.exit).toBe(1);
    expect(report.lines.map(({ orderId, outcome }) => `${orderId} ${outcome}`).toSorted()).toEqual(['ID06-10001 produced', 'ID06-10002 produced']);
    const codes = new Map(report.refused.map(({ orderId, file, findings }) => [orderId ?? file.split('/').at(-1), findings.map(({ code }) => code)]));
    expect(codes.get('broken.json')).toEqual(['ORD-SCHEMA']);
    expect(codes.get('UNKNOWN-FIELD')).toContain('ORD-UNKNOWN-FIELD');
    expect(codes.get('NO-PICTURE')).toContain('FIL-MISSING');
    expect(codes.get('NO-IMAGE')?.some((code) => code === 'PHO-FORMAT' || code === 'PHO-UNREADABLE')).toBe(true);
    expect(codes.get('SVG-LOGO')).toContain('LOG-FORMAT');
    for (const { file, findings } of report.refused) {
      expect(file).toContain(orders);
      for (const { field } of findings) expect(field).toBeDefined();
    }
  });

  test('is told from bad usage: exit 2 and a code on stderr', async () => {
    const ended = await kortverk('batch', orders, '--simulate', '--dir', dir, '--time-factor', 'fast');
    expect(ended.exit).toBe(2);
    expect(ended.err).toMatch(/^CLI-USAGE: /);
  });
});

async function personalNumbers(): Promise<readonly string[]> {
  const files = (await readdir(samples)).filter((name) => name.endsWith('.json'));
  const orders = await Promise.all(files.map(async (name) => JSON.parse(await readFile(join(samples, name), 'utf8')) as { holder: { identity: { value: string } } }));
  return orders.map(({ holder }) => holder.identity.value.replace(/\D/g, '').slice(-10)).filter((digits) => digits.length === 10);
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
