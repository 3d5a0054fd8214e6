import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, closeSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const sampleMs = 100;
/** What `appendfsync everysec` may lose: everything that is younger than this. */
const unsyncedMs = 1_000;

/** A stretch of time in which no Redis answered, in milliseconds since 1970. */
export interface Outage {
  readonly from: number;
  readonly to: number;
}

/** The Redis server of a campaign, with the settings the product demands, and the ways in which it dies. */
export class RedisSubject implements AsyncDisposable {
  readonly port: number;
  readonly #dir: string;
  readonly #outages: Outage[] = [];
  readonly #sizes: { readonly at: number; readonly file: string; readonly size: number }[] = [];
  #child: ChildProcess | null = null;
  #sampler: NodeJS.Timeout | null = null;

  constructor(dir: string, port: number) {
    this.#dir = dir;
    this.port = port;
  }

  get outages(): readonly Outage[] {
    return this.#outages;
  }

  async start(): Promise<void> {
    mkdirSync(this.#dir, { recursive: true });
    const log = openSync(join(this.#dir, '..', 'redis.log'), 'a');
    const child = spawn('redis-server', ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#dir, '--appendonly', 'yes', '--appendfsync', 'always', '--no-appendfsync-on-rewrite', 'no', '--save', '', '--maxmemory-policy', 'noeviction'], { stdio: ['ignore', log, log] });
    closeSync(log);
    this.#child = child;
    for (let tries = 0; !(await answers(this.port)); tries += 1) {
      if (child.exitCode !== null || tries > 200) throw new Error('the Redis of the campaign does not start: see redis.log');
      await sleep(25);
    }
    this.#sampler ??= setInterval(() => this.#sample(), sampleMs);
  }

  /** `kill -9`; comes back with everything it acknowledged. */
  async kill(restMs: number): Promise<void> {
    await this.#fall(restMs, () => undefined);
  }

  /** `kill -9` and the loss of everything written in its last second: what a power cut does under `appendfsync everysec`. */
  async cutPower(restMs: number): Promise<number> {
    await this.#unsynced();
    let lost = 0;
    await this.#fall(restMs, () => { lost = this.#forgetLastSecond(); });
    return lost;
  }

  /** `kill -9`, and its data folder is gone. */
  async loseData(restMs: number): Promise<void> {
    await this.#fall(restMs, () => {
      rmSync(this.#dir, { recursive: true, force: true });
      this.#sizes.length = 0;
    });
  }

  /** The number that a key holds, asked past the product: 0 when there is no such key, null when no server answers. */
  async read(key: string): Promise<number | null> {
    return ask(this.port, `GET ${key}\r\n`).then((answer) => Number(/^\$\d+\r\n(\d+)\r\n$/.exec(answer)?.[1] ?? 0), () => null);
  }

  /** The process stands still for so long; connections stay open. */
  async freeze(durationMs: number): Promise<void> {
    this.#child?.kill('SIGSTOP');
    await sleep(durationMs);
    this.#child?.kill('SIGCONT');
  }

  async #fall(restMs: number, damage: () => void): Promise<void> {
    const from = Date.now();
    await this.#end('SIGKILL');
    damage();
    await sleep(restMs);
    await this.start();
    this.#outages.push({ from, to: Date.now() });
  }

  /** A power cut is of interest when there is something to lose: waits a little for it. */
  async #unsynced(): Promise<void> {
    for (let tries = 0; tries < 100 && (this.#lastSecond()?.lost ?? 0) === 0; tries += 1) await sleep(50);
  }

  #forgetLastSecond(): number {
    const last = this.#lastSecond();
    if (last === null || last.lost === 0) return 0;
    truncateSync(last.path, last.synced);
    return last.lost;
  }

  /** How much of the log is younger than what would have been synced. */
  #lastSecond(): { readonly path: string; readonly synced: number; readonly lost: number } | null {
    const before = Date.now() - unsyncedMs;
    const [newest] = this.#logs().toSorted((one, other) => other.localeCompare(one, 'en', { numeric: true }));
    if (newest === undefined) return null;
    const synced = this.#sizes.findLast(({ at, file }) => at <= before && file === newest)?.size ?? 0;
    const path = join(this.#logFolder, newest);
    return { path, synced, lost: Math.max(0, statSync(path).size - synced) };
  }

  #sample(): void {
    const at = Date.now();
    for (const file of this.#logs()) this.#sizes.push({ at, file, size: statSync(join(this.#logFolder, file)).size });
    while ((this.#sizes[0]?.at ?? at) < at - 30_000) this.#sizes.shift();
  }

  get #logFolder(): string {
    return join(this.#dir, 'appendonlydir');
  }

  #logs(): readonly string[] {
    return existsSync(this.#logFolder) ? readdirSync(this.#logFolder).filter((name) => name.endsWith('.incr.aof')) : [];
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#sampler !== null) clearInterval(this.#sampler);
    await this.#end('SIGTERM');
  }
}

function answers(port: number): Promise<boolean> {
  return ask(port, 'PING\r\n').then((answer) => answer.startsWith('+PONG'), () => false);
}

/** One inline command and its short answer. */
function ask(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(command));
    socket.once('data', (bytes) => {
      socket.destroy();
      resolve(bytes.toString());
    });
    socket.once('error', reject);
  });
}
