import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';

/** What a server needs to keep what it acknowledges. */
const safely: readonly string[] = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--maxmemory-policy', 'noeviction'];

/** A Redis program of a test's own, with whatever settings the test is about. */
export class RedisProgram implements AsyncDisposable {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts a server that keeps what it acknowledges in a folder, and waits until it takes connections. */
  static async server(dir: string, ...settings: readonly string[]): Promise<RedisProgram> {
    mkdirSync(dir, { recursive: true });
    return RedisProgram.start(['--bind', '127.0.0.1', '--dir', dir, ...safely, ...settings], 'Ready to accept connections');
  }

  /** A node of a cluster: its bus has a port of its own, for the usual one (10 000 above) may not exist. */
  static async clusterNode(dir: string, port: number, busPort: number, ...settings: readonly string[]): Promise<RedisProgram> {
    return RedisProgram.server(dir, '--port', String(port), '--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1', '--cluster-port', String(busPort), '--cluster-node-timeout', '1000', ...settings);
  }

  /** Starts a sentinel with a configuration file of its own, which it writes to. */
  static async sentinel(configFile: string): Promise<RedisProgram> {
    return RedisProgram.start([configFile, '--sentinel'], 'Sentinel ID is');
  }

  static async start(args: readonly string[], ready: string): Promise<RedisProgram> {
    const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      said += chunk.toString('utf8');
      if (said.includes(ready)) {
        child.stdout?.resume();
        return new RedisProgram(child);
      }
    }
    throw new Error(`redis-server ended: ${said}`);
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends it at once, as a fault of its computer would. */
  async kill(): Promise<void> {
    if (!this.running) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
