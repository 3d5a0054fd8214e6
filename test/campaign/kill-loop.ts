import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { readEndpoints } from '../../simulator/machine/endpoints.ts';
import { openControl } from '../../simulator/script/control-client.ts';

const POLL_MS = 10;
/** So that a kill also falls between two records. */
const MOST_EXTRA_MS = 120;

export interface KillLoopOptions {
  /** Folder of the simulated station. */
  readonly dir: string;
  readonly orderPaths: readonly string[];
  /** How many kills to deal. */
  readonly kills: number;
  /** The same seed deals the kills after the same delays. */
  readonly seed: number;
  /** A daemon is killed after 0 to so many new records of its journal: moments that do not depend on how fast the machine is. */
  readonly mostRecords: number;
  /** ... and after this many milliseconds at the latest, when it writes none. */
  readonly longestLifeMs: number;
  readonly timeFactor: number;
  readonly say?: (line: string) => void;
}

export interface KillLoopReport {
  readonly killsDealt: number;
  readonly starts: number;
  /** What runs said last that ended by themselves although a kill was due: each needs an explanation. */
  readonly endedAlone: readonly string[];
  /** Exit code and output of the last run, which was left to end. */
  readonly lastExit: number | null;
  readonly lastOutput: string;
}

/**
 * Starts the batch, kills the daemon with -9 at a random moment, starts it again, until so many kills have been dealt;
 * then lets it end. The machine, its card service and its plastic live on through all of it.
 */
export async function runKillLoop(options: KillLoopOptions): Promise<KillLoopReport> {
  const random = xoroshiro128plus(options.seed);
  let killsDealt = 0;
  let starts = 0;
  let nothingLeft = false;
  const endedAlone: string[] = [];
  while (killsDealt < options.kills) {
    starts += 1;
    const run = startBatch(options);
    const records = uniformInt(random, 0, options.mostRecords);
    const extraMs = uniformInt(random, 0, MOST_EXTRA_MS);
    // A run with nothing left to make is met on its way up: it writes no records.
    const death = (signal: AbortSignal): Promise<void> => (nothingLeft ? sleep(extraMs * 5, undefined, { signal }) : deathOf(options, records, extraMs, signal));
    nothingLeft = await endedBefore(run.child, death);
    if (nothingLeft) {
      endedAlone.push(run.output().trim().split('\n').slice(-4).join(' | '));
      continue;
    }
    run.child.kill('SIGKILL');
    await run.ended;
    killsDealt += 1;
    options.say?.(`kill ${killsDealt} after ${records} records`);
  }
  const last = startBatch(options);
  return { killsDealt, starts: starts + 1, endedAlone, lastExit: await last.ended, lastOutput: last.output() };
}

/** Ends the machine that the runs left behind, if one still runs. */
export async function endMachine(dir: string): Promise<void> {
  const folder = join(dir, 'machine');
  const endpoints = existsSync(folder) ? await readEndpoints(folder) : null;
  if (endpoints === null) return;
  const control = await openControl(endpoints.controlSocket).catch(() => null);
  if (control === null) return;
  await control.ask<'stop'>({ do: 'stop' });
  await control[Symbol.asyncDispose]();
  while (isAlive(endpoints.pid)) await sleep(20);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

interface BatchProcess {
  readonly child: ChildProcess;
  /** Exit code, null when it was killed. */
  readonly ended: Promise<number | null>;
  output(): string;
}

function startBatch(options: KillLoopOptions): BatchProcess {
  const program = join(packageRoot(), 'dist', 'daemon', 'cli', 'kortverk.js');
  const args = ['batch', ...options.orderPaths, '--simulate', '--dir', options.dir, '--time-factor', String(options.timeFactor)];
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  // Not `close`: a machine that this run started keeps nothing of its output, but a reader process may for a moment.
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return { child, ended, output: () => Buffer.concat(chunks).toString('utf8') };
}

/** Resolves when the daemon shall die: so many records after its start, and a moment more. */
async function deathOf(options: KillLoopOptions, records: number, extraMs: number, signal: AbortSignal): Promise<void> {
  const journal = join(options.dir, 'station', 'journal.ndjson');
  const start = performance.now();
  const before = linesOf(journal);
  while (linesOf(journal) - before < records && performance.now() - start < options.longestLifeMs) await sleep(POLL_MS, undefined, { signal });
  await sleep(extraMs, undefined, { signal });
}

function linesOf(path: string): number {
  if (!existsSync(path)) return 0;
  return readFileSync(path).reduce((lines, byte) => (byte === 0x0a ? lines + 1 : lines), 0);
}

async function endedBefore(child: ChildProcess, death: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
  const over = new AbortController();
  const ended = once(child, 'exit', { signal: over.signal }).then(() => true, () => false);
  const died = death(over.signal).then(() => false, () => false);
  const result = await Promise.race([ended, died]);
  over.abort();
  return result;
}
