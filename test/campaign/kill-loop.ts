import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { readEndpoints } from '../../simulator/machine/endpoints.ts';
import { openControl } from '../../simulator/script/control-client.ts';

export interface KillLoopOptions {
  /** Folder of the simulated station. */
  readonly dir: string;
  readonly orderPaths: readonly string[];
  /** How many kills to deal. */
  readonly kills: number;
  /** The same seed deals the kills after the same delays. */
  readonly seed: number;
  /** The longest a daemon lives before it is killed, in milliseconds. */
  readonly longestLifeMs: number;
  readonly timeFactor: number;
  readonly say?: (line: string) => void;
}

export interface KillLoopReport {
  readonly killsDealt: number;
  readonly starts: number;
  /** Exit code and output of the last run, which was left to end. */
  readonly lastExit: number | null;
  readonly lastOutput: string;
}

/**
 * Starts the batch, kills the daemon with -9 at a random moment, starts it again, until so many kills have been dealt;
 * then lets it end. The machine, its card service and its plastic live on through all of it.
 */
export async function runKillLoop(options: KillLoopOptions): Promise<KillLoopReport> {
  const random = seededRandom(options.seed);
  let killsDealt = 0;
  let starts = 0;
  while (killsDealt < options.kills) {
    starts += 1;
    const child = startBatch(options, 'ignore');
    const life = 200 + random() * options.longestLifeMs;
    if (await endedWithin(child, life)) continue;
    child.kill('SIGKILL');
    await once(child, 'close');
    killsDealt += 1;
    options.say?.(`kill ${killsDealt} after ${Math.round(life)} ms`);
  }
  const last = startBatch(options, 'pipe');
  const output: Buffer[] = [];
  last.stdout?.on('data', (chunk: Buffer) => output.push(chunk));
  last.stderr?.on('data', (chunk: Buffer) => output.push(chunk));
  const [exit] = (await once(last, 'close')) as [number | null];
  return { killsDealt, starts: starts + 1, lastExit: exit, lastOutput: Buffer.concat(output).toString('utf8') };
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

function startBatch(options: KillLoopOptions, stdio: 'ignore' | 'pipe'): ChildProcess {
  const program = join(packageRoot(), 'dist', 'daemon', 'cli', 'kortverk.js');
  const args = ['batch', ...options.orderPaths, '--simulate', '--dir', options.dir, '--time-factor', String(options.timeFactor)];
  return spawn(process.execPath, [program, ...args], { stdio: ['ignore', stdio, stdio] });
}

async function endedWithin(child: ChildProcess, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const ended = await Promise.race([
    once(child, 'close', { signal: timer.signal }).then(() => true, () => false),
    sleep(ms, false),
  ]);
  timer.abort();
  return ended;
}

/** Mulberry32: small, seeded, good enough to choose moments. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
