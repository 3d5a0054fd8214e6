import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { deskOfDaemon } from '../../daemon/api/desk-client.ts';
import type { StationDesk } from '../../daemon/station/station-desk.ts';
import { program } from './kortverk-command.ts';

/** A daemon on a simulated station, in a process of its own, and what it said. */
export class ServingDaemon {
  readonly #child: ChildProcess;
  readonly desk: StationDesk;
  said = '';

  constructor(dir: string, ...options: readonly string[]) {
    this.#child = spawn(process.execPath, [program, 'serve', '--simulate', '--dir', dir, '--time-factor', '0', ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout?.on('data', (chunk: Buffer) => { this.said += chunk.toString(); });
    this.#child.stderr?.on('data', (chunk: Buffer) => { this.said += chunk.toString(); });
    this.desk = deskOfDaemon(join(dir, 'station', 'desk.sock'));
  }

  /** Waits until it serves. Throws with what it said when it ended instead. */
  async serving(): Promise<void> {
    await until(() => this.said.includes('Serving:') || this.#child.exitCode !== null);
    if (!this.said.includes('Serving:')) throw new Error(`the daemon does not serve: ${this.said}`);
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
    return this.#child.exitCode;
  }
}

/** Looks again and again, at most for two minutes. Gives whether it holds. */
export async function until(holds: () => boolean | Promise<boolean>, lookMs = 200): Promise<boolean> {
  for (let look = 0; look < 120_000 / lookMs; look += 1) {
    if (await holds()) return true;
    await pause(lookMs);
  }
  return false;
}
