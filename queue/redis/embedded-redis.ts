import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, closeSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { within, type Clock, type Wait } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { RedisEndpoint } from './redis-endpoint.ts';
import { openRedisLink } from './redis-link.ts';
import { leaveSocketPath, socketPathFor } from './socket-path.ts';

/** The exit code by which `flock` says that another process holds the folder. */
const inUseExit = 75;
const stopTimeoutMs = 10_000;
/** How long the server of a daemon that was killed may take to save and leave, before the folder counts as in use. */
const predecessorMs = 10_000;
/** How long a server that died may take to read its file again: a million jobs take seconds, a slow disk minutes. */
const revivalMs = 300_000;
const firstRestartMs = 200;
const longestRestartMs = 5_000;

/** What happened to the server on the way; the daemon logs it. */
export type EmbeddedRedisEvent =
  | { readonly kind: 'started'; readonly pid: number }
  | { readonly kind: 'ended'; readonly exit: string }
  | { readonly kind: 'data-moved-aside'; readonly to: string };

export interface EmbeddedRedisOptions {
  /** Folder of the server's data, lock and log. */
  readonly dir: string;
  readonly clock: Clock;
  readonly onEvent?: (event: EmbeddedRedisEvent) => void;
  /** How long to wait for a predecessor's server to leave, in milliseconds. */
  readonly predecessorTimeoutMs?: number;
}

/** The station's own Redis: a child process that is started again when it dies, and ends with this process. */
export interface EmbeddedRedis extends AsyncDisposable {
  readonly endpoint: RedisEndpoint;
  /** Process id of the running server, or null between two runs. */
  pid(): number | null;
}

/**
 * Starts Debian's redis-server on a unix socket and waits until it answers (it may be reading its file first). `flock`
 * keeps a second daemon off the folder, `setpriv --pdeathsig` ends the server when this process dies: without them two
 * servers would write the same files (queue.md 3). A data folder that the server cannot read is moved aside once; claims
 * and outbox fill the new one. Throws `CFG-MISSING-PROGRAM`, `QUE-IN-USE`, `QUE-UNAVAILABLE`.
 */
export async function openEmbeddedRedis(options: EmbeddedRedisOptions, limit: Wait): Promise<EmbeddedRedis> {
  const data = join(options.dir, 'data');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  chmodSync(options.dir, 0o700);
  const server = new SupervisedRedis(options, socketPathFor(options.dir));
  try {
    await server.start(limit);
    return server;
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

/** The command line of the server (queue.md 3); `flock` and `setpriv` replace themselves, so that the child is the server. */
export function redisCommandLine(dir: string, socketPath: string): readonly string[] {
  return [
    'flock', '--nonblock', '--no-fork', '--conflict-exit-code', String(inUseExit), join(dir, 'lock'),
    'setpriv', '--pdeathsig', 'TERM',
    'redis-server', '--port', '0', '--unixsocket', socketPath, '--unixsocketperm', '700', '--dir', join(dir, 'data'),
    '--daemonize', 'no', '--appendonly', 'yes', '--appendfsync', 'always', '--no-appendfsync-on-rewrite', 'no',
    '--save', '', '--maxmemory-policy', 'noeviction',
  ];
}

class SupervisedRedis implements EmbeddedRedis {
  readonly endpoint: RedisEndpoint;
  readonly #options: EmbeddedRedisOptions;
  readonly #socketPath: string;
  readonly #stopping = new AbortController();
  #child: ChildProcess | null = null;
  #logStart = 0;
  #supervision: Promise<void> = Promise.resolve();

  constructor(options: EmbeddedRedisOptions, socketPath: string) {
    this.#options = options;
    this.#socketPath = socketPath;
    this.endpoint = { kind: 'socket', path: socketPath };
  }

  pid(): number | null {
    return this.#child?.pid ?? null;
  }

  async start(limit: Wait): Promise<void> {
    const since = this.#options.clock.steady();
    let movedAside = false;
    for (;;) {
      try {
        await this.#launch(limit);
        break;
      } catch (error) {
        if (!movedAside && this.#dataIsDamaged()) {
          this.#moveDataAside();
          movedAside = true;
        } else if (error instanceof StationFault && error.code === 'QUE-IN-USE' && this.#options.clock.steady() - since < (this.#options.predecessorTimeoutMs ?? predecessorMs)) {
          await this.#options.clock.sleep(firstRestartMs, limit.signal);
        } else throw error;
      }
    }
    this.#supervision = this.#supervise();
  }

  async #launch(limit: Wait): Promise<void> {
    const child = this.#spawn();
    const gone = new AbortController();
    const watching = exitOf(child).then((exit) => { gone.abort(exit); });
    try {
      await this.#answers(child, { signal: AbortSignal.any([limit.signal, gone.signal]), timeoutMs: limit.timeoutMs });
    } catch (error) {
      if (!gone.signal.aborted) await this.#end();
      await watching;
      throw this.#startFault(String(gone.signal.reason), error);
    }
    this.#options.onEvent?.({ kind: 'started', pid: child.pid ?? 0 });
  }

  #spawn(): ChildProcess {
    const [program, ...args] = redisCommandLine(this.#options.dir, this.#socketPath);
    const log = openSync(join(this.#options.dir, 'redis.log'), 'a', 0o600);
    this.#logStart = fstatSync(log).size;
    try {
      this.#child = spawn(program ?? 'flock', args, { stdio: ['ignore', log, log], env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LANG: 'C' } });
    } finally {
      closeSync(log);
    }
    return this.#child;
  }

  /** Waits until the child answers: at the same path another process's server may still be listening. */
  async #answers(child: ChildProcess, limit: Wait): Promise<void> {
    const { clock } = this.#options;
    await using link = await openRedisLink({ endpoint: this.endpoint, clock, name: 'kortverk-launcher', onError: () => undefined }, limit);
    while (!(await link.run(limit, (client) => client.info('server'))).includes(`process_id:${child.pid}\r`)) {
      await clock.sleep(firstRestartMs, limit.signal);
    }
  }

  #startFault(exit: string, cause: unknown): StationFault {
    const log = this.#log();
    if (exit === `code ${inUseExit}`) return new StationFault('QUE-IN-USE', { note: this.#options.dir }, cause);
    const missing = /failed to execute (\S+?):/.exec(log)?.[1] ?? (exit === 'code ENOENT' ? 'flock' : undefined);
    if (missing !== undefined) return new StationFault('CFG-MISSING-PROGRAM', { field: missing }, cause);
    return new StationFault('QUE-UNAVAILABLE', { note: `redis-server ended with ${exit}: ${log.trim().split('\n').at(-1) ?? ''}` }, cause);
  }

  /** What the server of the last start wrote. */
  #log(): string {
    return readFileSync(join(this.#options.dir, 'redis.log')).toString('utf8', this.#logStart);
  }

  #dataIsDamaged(): boolean {
    return /Bad file format reading the append only file|Unrecoverable error reading the append only file/.test(this.#log());
  }

  #moveDataAside(): void {
    const data = join(this.#options.dir, 'data');
    const to = `${data}.damaged-${this.#options.clock.now()}`;
    renameSync(data, to);
    mkdirSync(data, { mode: 0o700 });
    this.#options.onEvent?.({ kind: 'data-moved-aside', to });
  }

  /** Starts the server again when it dies: claims and queue come back by the barrier, and no order waits for a person. */
  async #supervise(): Promise<void> {
    let pauseMs = firstRestartMs;
    while (!this.#stopping.signal.aborted) {
      const child = this.#child;
      if (child === null) return;
      const exit = await exitOf(child);
      if (this.#stopping.signal.aborted) return;
      this.#options.onEvent?.({ kind: 'ended', exit });
      pauseMs = await this.#revive(pauseMs);
    }
  }

  async #revive(pauseMs: number): Promise<number> {
    try {
      await this.#options.clock.sleep(pauseMs, this.#stopping.signal);
      await this.#launch({ signal: this.#stopping.signal, timeoutMs: revivalMs });
      return firstRestartMs;
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#options.onEvent?.({ kind: 'ended', exit: error instanceof Error ? error.message : String(error) });
      return Math.min(pauseMs * 2, longestRestartMs);
    }
  }

  async #end(): Promise<void> {
    const child = this.#child;
    if (child === null || child.pid === undefined) return;
    const exited = exitOf(child);
    child.kill('SIGTERM');
    try {
      await within(this.#options.clock, { signal: new AbortController().signal, timeoutMs: stopTimeoutMs }, () => exited);
    } catch {
      child.kill('SIGKILL');
      await exited;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#end();
    await this.#supervision;
    leaveSocketPath(this.#options.dir, this.#socketPath);
  }
}

/** How a child ended: `code N`, `signal NAME`, or `code ENOENT` when it could not be started. */
async function exitOf(child: ChildProcess): Promise<string> {
  if (child.exitCode !== null) return `code ${child.exitCode}`;
  if (child.signalCode !== null) return `signal ${child.signalCode}`;
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return signal === null ? `code ${code ?? 0}` : `signal ${signal}`;
  } catch (error) {
    return `code ${error instanceof Error && 'code' in error ? String(error.code) : String(error)}`;
  }
}
