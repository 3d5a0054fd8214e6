import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../drivers/contracts/package-root.ts';

/** One thing taken out of the sources, and the suites that must miss it. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Text that stands exactly once in the file, however it is broken into lines. */
  readonly from: string;
  readonly to: string;
  readonly suites: readonly string[];
}

const SUITE_TIMEOUT_MS = 600_000;

const journal = ['test/contracts/journal.test.ts', 'test/unit/queue/journal'];
const claims = ['test/contracts/claims.test.ts', 'test/unit/queue/claim'];
const batches = ['test/unit/daemon/station/batch-model.test.ts'];
const scripts = 'queue/claim/claim-scripts.ts';
const durable = 'drivers/contracts/durable-file.ts';
const madeOnce = ['test/faults/files-made-once-power-cut.test.ts'];
const sqlite = 'queue/journal/sqlite-journal.ts';

/** Syncs, fence checks, barriers and gates, each removed in turn. Rows of the restart table and records are mutated by test/unit/daemon/produce/mutants.test.ts. */
export const mutants: readonly Mutant[] = [
  { name: 'the journal is not synced', file: 'queue/store/sqlite-file.ts', from: "'synchronous = FULL'", to: "'synchronous = OFF'", suites: ['test/faults/journal-power-cut.test.ts'] },
  { name: 'the journal is synced only now and then', file: 'queue/store/sqlite-file.ts', from: "'synchronous = FULL'", to: "'synchronous = NORMAL'", suites: ['test/faults/journal-power-cut.test.ts'] },
  { name: 'the store is not synced', file: 'queue/store/sqlite-file.ts', from: "'synchronous = FULL'", to: "'synchronous = OFF'", suites: ['test/faults/store-power-cut.test.ts'] },
  { name: 'a picture is not synced', file: durable, from: 'writeFileSync(file, content); fsyncSync(file);', to: 'writeFileSync(file, content);', suites: ['test/faults/store-power-cut.test.ts'] },
  { name: 'a picture has no name on the disk', file: durable, from: 'mode), path); syncFolder(dirname(path));', to: 'mode), path);', suites: ['test/faults/store-power-cut.test.ts'] },
  { name: 'a new folder has no name on the disk', file: durable, from: 'syncFolder(dirname(made)); if (made === highest', to: 'if (made === highest', suites: ['test/faults/store-power-cut.test.ts'] },
  { name: 'a message is not synced', file: 'daemon/portal/mailbox.ts', from: 'await file.sync();', to: '', suites: ['test/faults/store-power-cut.test.ts'] },
  { name: 'a message has no name on the disk', file: 'daemon/portal/mailbox.ts', from: 'await names.sync();', to: '', suites: ['test/faults/store-power-cut.test.ts'] },
  { name: "the store's key, the signer's certificate and the token's PIN are not synced", file: durable, from: 'writeFileSync(file, content); fsyncSync(file);', to: 'writeFileSync(file, content);', suites: madeOnce },
  { name: "the store's key and the signer's certificate have no name on the disk", file: durable, from: 'rmSync(draft); } syncFolder(dirname(path));', to: 'rmSync(draft); }', suites: madeOnce },
  { name: "the token's PIN has no name on the disk", file: durable, from: 'mode), path); syncFolder(dirname(path));', to: 'mode), path);', suites: madeOnce },
  { name: "a software token's files are left to the computer", file: 'drivers/keys/token-files.ts', from: 'if (dir !== null) syncTree(dir);', to: '', suites: madeOnce },
  { name: "the signer's new key is left to the computer", file: 'drivers/keys/signing-key.ts', from: 'shared, kept)); syncTokenFiles();', to: 'shared, kept));', suites: madeOnce },
  { name: "a backup's files are not synced before its list", file: 'daemon/compose-backup.ts', from: 'syncTree(to);', to: '', suites: madeOnce },
  { name: "the station's own Redis syncs every second", file: 'queue/redis/embedded-redis.ts', from: "'--appendfsync', 'always'", to: "'--appendfsync', 'everysec'", suites: ['test/unit/queue/redis/embedded-redis.test.ts'] },
  { name: 'the fence of a record is not checked', file: sqlite, from: 'if (seen > key.fence) throw', to: 'if (seen > key.fence && seen < 0) throw', suites: journal },
  { name: 'a chip may belong to two attempts', file: sqlite, from: "if (entry.kind === 'identified' && isOther(", to: "if (entry.kind === 'claimed' && isOther(", suites: journal },
  { name: 'a blank is announced beside another open attempt', file: sqlite, from: "if (entry.kind === 'feed-intent') this.#checkAlone(key);", to: '', suites: journal },
  { name: 'an answered hold goes on before the card in the machine', file: 'queue/journal/journal-statements.ts', from: "order by last_kind in ('held', 'answered'), order_id", to: 'order by order_id', suites: journal },
  { name: 'a failed write is not the last one', file: sqlite, from: 'this.#failed = true;', to: '', suites: ['test/faults/journal-power-cut.test.ts'] },
  { name: 'another printer is not noticed', file: sqlite, from: 'if (bound !== null) throw', to: 'if (bound === printerSerial) throw', suites: journal },
  { name: 'sealed values stay in the log', file: sqlite, from: "this.#db.pragma('wal_checkpoint(TRUNCATE)');", to: '', suites: journal },
  { name: 'a claim is given without the barrier', file: scripts, from: "if #absent > 0 then return", to: 'if #absent > 1000 then return', suites: claims },
  { name: 'a foreign claim is given away', file: scripts, from: "if station ~= ARGV[2] then return {'foreign', station} end", to: '', suites: claims },
  { name: 'a finished order can be claimed again', file: scripts, from: "if done then\n  local fence, outcome, station", to: "if false then\n  local fence, outcome, station", suites: claims },
  { name: 'a foreign claim is finished', file: scripts, from: "if held and held ~= ARGV[3] .. ' ' .. ARGV[2] then return {'fenced', held} end", to: '', suites: claims },
  { name: 'a claim that a person settled is finished', file: scripts, from: "if void and tonumber(ARGV[3]) <= tonumber(void) then return {'fenced', 'settled by a person'} end", to: '', suites: claims },
  { name: 'a foreign claim is released', file: scripts, from: "if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[3] .. ' ' .. ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end return 1", to: "redis.call('HDEL', KEYS[1], ARGV[1]) return 1", suites: claims },
  { name: 'a foreign claim is passed on', file: scripts, from: "if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[3] .. ' ' .. ARGV[2] then return 0 end", to: '', suites: claims },
  { name: 'an older claim is published over a newer one', file: scripts, from: 'if other < fence and void < fence then', to: 'if void < fence then', suites: claims },
  { name: 'the fence counter is not raised at the barrier', file: scripts, from: "if counter < tonumber(ARGV[2]) then redis.call('SET', KEYS[3], ARGV[2]) end", to: '', suites: claims },
  { name: 'a station enters the barrier of another run than it published to', file: scripts, from: 'if run ~= ARGV[3] then return 0 end', to: '', suites: claims },
  { name: 'what was claimed and not begun is not published', file: 'queue/claim/claim-desk.ts', from: "if (answer.kind === 'claimed') this.#inHand.set(orderId, answer.fence);", to: '', suites: claims },
  { name: 'a server that took over is not asked whether it is safe', file: 'queue/claim/claim-desk.ts', from: 'await requireSafe(limit);', to: '', suites: claims },
  { name: 'the gate takes a Redis without its append-only file', file: 'queue/redis/redis-gate.ts', from: "  appendonly: 'yes',\n", to: '', suites: ['test/unit/queue/redis/redis-gate.test.ts'] },
  { name: 'the gate takes a Redis that syncs every second', file: 'queue/redis/redis-gate.ts', from: "  appendfsync: 'always',\n", to: '', suites: ['test/unit/queue/redis/redis-gate.test.ts'] },
  { name: 'the gate takes a Redis that evicts', file: 'queue/redis/redis-gate.ts', from: "  'maxmemory-policy': 'noeviction',\n", to: '', suites: ['test/unit/queue/redis/redis-gate.test.ts'] },
  { name: 'the gate takes a replica', file: 'queue/redis/redis-gate.ts', from: "if (info.get('role') !== 'master')", to: "if (info.get('role') === 'none')", suites: ['test/unit/queue/redis/redis-gate.test.ts'] },
  { name: 'a batch ends while orders wait at the barrier', file: 'daemon/station/run-batch.ts', from: "if (answer === 'done') this.#ends(orderId);", to: 'this.#ends(orderId);', suites: ['test/unit/daemon/station/run-batch.test.ts'] },
  { name: 'a batch does not remind a queue that forgot', file: 'daemon/station/run-batch.ts', from: '.waiting === 0) await this.#enqueueLeft(signal);', to: '.waiting < 0) await this.#enqueueLeft(signal);', suites: ['test/unit/daemon/station/run-batch.test.ts'] },
  { name: 'the orders of a paused batch stay in the queue', file: 'daemon/station/desk.ts', from: "if (event === 'pause' || event === 'stop') for (const orderId of left) await production?.forget(orderId);", to: '', suites: batches },
  { name: 'a batch ends while an order of it is held', file: 'daemon/station/batch-book.ts', from: "new Set(['QUEUED', 'IN_PRODUCTION', 'HELD'])", to: "new Set(['QUEUED', 'IN_PRODUCTION'])", suites: batches },
  { name: 'express does not cut into a batch', file: 'daemon/station/production.ts', from: '(express ? undefined : earliest.get(inBatch(orderId)))', to: 'earliest.get(inBatch(orderId))', suites: batches },
  { name: "a blank is counted in its order's batch wherever it was taken from", file: 'daemon/station/blanks-at-bench.ts', from: 'return last ?? own;', to: 'return own;', suites: ['test/unit/daemon/station/record-blanks.test.ts'] },
  { name: 'a UID of any length is believed', file: 'drivers/mifare-classic/chip-uid.ts', from: 'if (isUid(data)) return', to: 'if (data.length > 0) return', suites: ['test/unit/drivers/mifare-classic/chip-uid.test.ts'] },
  { name: 'a crosscheck does not compare the chip', file: 'daemon/produce/crosscheck.ts', from: "demand(contactlessUid === state.uid, 'the chip is not the one that was identified');", to: '', suites: ['test/unit/daemon/produce'] },
];

export type MutantFate = 'found' | 'survived' | 'no longer fits the source' | 'the suites fail without it';

export interface JudgedMutant {
  readonly mutant: Mutant;
  readonly fate: MutantFate;
}

/** Removes each thing in a copy of the sources and runs the suites there; true when every mutant is found. */
export async function runMutants(say: (line: string) => void): Promise<boolean> {
  const fates = await judgeMutants(mutants, say);
  writeReport(fates);
  return fates.every(({ fate }) => fate === 'found');
}

/** The fates of these mutants, in their order. */
export async function judgeMutants(chosen: readonly Mutant[], say: (line: string) => void): Promise<readonly JudgedMutant[]> {
  const copy = mkdtempSync(join(tmpdir(), 'kortverk-mutants-'));
  const fates: JudgedMutant[] = [];
  try {
    copySources(copy);
    const sound = new Map<string, boolean>();
    for (const mutant of chosen) {
      const suites = mutant.suites.join(' ');
      if (!sound.has(suites)) sound.set(suites, await suitesPass(copy, mutant.suites));
      const fate = sound.get(suites) === true ? await fateOf(copy, mutant) : 'the suites fail without it';
      fates.push({ mutant, fate });
      say(`${fate.padEnd(9)} ${mutant.name}`);
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  return fates;
}

function copySources(copy: string): void {
  const root = packageRoot();
  for (const part of ['daemon', 'drivers', 'queue', 'simulator', 'templates', 'test', 'samples', 'package.json', 'tsconfig.json', 'vitest.config.ts']) cpSync(join(root, part), join(copy, part), { recursive: true });
  // The power-cut suite runs built programs.
  cpSync(join(root, 'dist'), join(copy, 'dist'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
}

async function fateOf(copy: string, mutant: Mutant): Promise<MutantFate> {
  const [path, built] = [join(copy, mutant.file), join(copy, 'dist', mutant.file.replace(/\.ts$/, '.js'))];
  const [source, program] = [readFileSync(path, 'utf8'), readFileSync(built, 'utf8')];
  const place = new RegExp(mutant.from.trim().replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&').replaceAll(/\s+/g, '\\s+'), 'g');
  if ((source.match(place) ?? []).length !== 1 || (program.match(place) ?? []).length !== 1) return 'no longer fits the source';
  try {
    writeFileSync(path, source.replace(place, () => mutant.to));
    writeFileSync(built, program.replace(place, () => mutant.to));
    return (await suitesPass(copy, mutant.suites)) ? 'survived' : 'found';
  } finally {
    writeFileSync(path, source);
    writeFileSync(built, program);
  }
}

/** Runs suites in a process group of their own: what a suite that failed leaves running ends with it, and does not slow the next one down. */
async function suitesPass(copy: string, suites: readonly string[]): Promise<boolean> {
  const child = spawn(process.execPath, [join(copy, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...suites], { cwd: copy, stdio: 'ignore', timeout: SUITE_TIMEOUT_MS, detached: true });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (child.pid !== undefined) endGroup(child.pid);
  return code === 0;
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Writes the report of all of them. */
export function writeReport(fates: readonly JudgedMutant[]): void {
  const folder = join(packageRoot(), 'docs', 'reports');
  mkdirSync(folder, { recursive: true });
  const found = fates.filter(({ fate }) => fate === 'found').length;
  const lines = [
    '# Mutants',
    '',
    'Each line of the sources that keeps a promise was taken out of a copy, one at a time, and the suites named were run on it.',
    'Records and rows of the restart table are removed at every commit by `test/unit/daemon/produce/mutants.test.ts`.',
    'Made by `npm run campaign -- mutants`.',
    '',
    `${found} of ${fates.length} found.`,
    '',
    '| removed | in | suites | fate |',
    '| --- | --- | --- | --- |',
    ...fates.map(({ mutant, fate }) => `| ${mutant.name} | ${mutant.file} | ${mutant.suites.join(', ')} | ${fate} |`),
    '',
  ];
  writeFileSync(join(folder, 'mutants.md'), lines.join('\n'));
}
