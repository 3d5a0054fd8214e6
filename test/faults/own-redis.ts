import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import type { StationConfig } from '../../daemon/config/station-config.ts';
import { freePort } from '../support/free-port.ts';

/** What a server needs to keep what it acknowledges (`redis-gate.ts`). */
const safely = { appendonly: 'yes', appendfsync: 'always', 'maxmemory-policy': 'noeviction' } as const;

/** A Redis server on TCP that is not the station's own: it can be killed and comes back with its file. */
export class SiteRedis implements AsyncDisposable {
  readonly port: number;
  readonly #dir: string;
  readonly #settings: Readonly<Record<string, string>>;
  #child: ChildProcess | null = null;

  private constructor(dir: string, port: number, settings: Readonly<Record<string, string>>) {
    this.#dir = dir;
    this.port = port;
    this.#settings = settings;
  }

  static async open(dir: string, change: Readonly<Record<string, string>> = {}): Promise<SiteRedis> {
    const folder = join(dir, 'site-redis');
    mkdirSync(folder, { recursive: true });
    const server = new SiteRedis(folder, await freePort(), { ...safely, ...change });
    await server.start();
    return server;
  }

  /** How a station's configuration names this server. */
  get queue(): StationConfig['queue'] {
    return { kind: 'server', host: '127.0.0.1', port: this.port, tls: false };
  }

  /** Starts the server and waits until it takes connections. */
  async start(): Promise<void> {
    const settings = Object.entries(this.#settings).flatMap(([name, value]) => [`--${name}`, value]);
    const child = spawn('redis-server', ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#dir, '--save', '', ...settings], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) if (chunk.toString('utf8').includes('Ready to accept connections')) break;
  }

  /** Ends the server at once, as a fault of its computer would. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** The process stands still; its connections stay open. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
