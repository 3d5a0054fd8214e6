import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { endMachine, runKillLoop } from '../campaign/kill-loop.ts';
import { checkPlastic } from '../campaign/plastic-checker.ts';
import { kortverk } from '../support/kortverk-command.ts';

const orderIds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((number) => `ID06-${10_000 + number}`);
const kills = 50;
let dir = '';

afterEach(async () => {
  await endMachine(dir);
  await rm(dir, { recursive: true, force: true });
});

test(`twelve orders, the daemon killed with -9 at ${kills} random moments: one good card an order, every blank accounted for`, { timeout: 900_000 }, async () => {
  dir = await mkdtemp(join(tmpdir(), 'kv-kill-'));
  const orderPaths = orderIds.map((orderId) => join(packageRoot(), 'samples', 'batch', `${orderId}.json`));
  const report = await runKillLoop({ dir, orderPaths, kills, seed: 20_261_122, mostRecords: 40, longestLifeMs: 20_000, timeFactor: 0.05, say: (line) => process.stdout.write(`${line}\n`) });
  const verdict = checkPlastic(join(dir, 'machine', 'plastic.ndjson'), join(dir, 'station', 'journal.sqlite'), orderIds);
  process.stdout.write(`${JSON.stringify({ ...report, lastOutput: undefined, ...verdict })}\n`);
  expect(report.lastOutput.trim().split('\n').slice(-6).join('\n')).toContain('Results:');
  expect(verdict.violations).toEqual([]);
  expect(report.lastExit).toBe(0);
  expect(report.killsDealt).toBe(kills);
  expect(verdict.good).toBe(orderIds.length);
  const listed = await kortverk('batches', 'list', '--config', join(dir, 'kortverk.json'), '--json');
  const batches = JSON.parse(listed.out) as readonly { readonly batchId: string; readonly state: string }[];
  expect(batches.length).toBeGreaterThan(1);
  expect(batches.filter(({ state }) => state !== 'CLOSED')).toEqual([]);
});
