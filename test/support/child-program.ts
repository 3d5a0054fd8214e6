import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../../drivers/contracts/package-root.ts';

/** A built program of this project as a process of its own, read line by line. */
export interface ChildProgram extends AsyncDisposable {
  readonly pid: number;
  /** Every line of standard output so far. */
  readonly lines: readonly string[];
  /** Waits until so many lines have come or the process ended. */
  untilLines(count: number): Promise<readonly string[]>;
  kill(signal: NodeJS.Signals): void;
  /** Waits for the end; gives the exit code, or null after a signal. */
  ended(): Promise<number | null>;
}

/** How a program is started: through a wrapper such as `sh -c`, when one is given. */
export interface ChildOptions {
  readonly wrapper?: readonly string[];
  /** Drops what it writes to standard error: it is meant to fail. */
  readonly quiet?: boolean;
}

/** Starts `dist/<module>.js` with arguments. `npm run build` must have been run. */
export function startProgram(module: string, args: readonly string[], options: ChildOptions = {}): ChildProgram {
  const script = join(packageRoot(), 'dist', `${module}.js`);
  if (!existsSync(script)) throw new Error(`${script} is not built: run npm run build`);
  const [program = process.execPath, ...rest] = [...(options.wrapper ?? []), process.execPath, script, ...args];
  return new SpawnedProgram(spawn(program, rest, { stdio: ['ignore', 'pipe', options.quiet === true ? 'ignore' : 'inherit'] }));
}

class SpawnedProgram implements ChildProgram {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #heard: () => void = () => undefined;

  constructor(child: ChildProcess) {
    this.#child = child;
    if (child.stdout === null) throw new Error('a child program has its output piped');
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.lines.push(line);
      this.#heard();
    });
    this.#ended = once(child, 'close').then(([code]) => {
      this.#heard();
      return code as number | null;
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async untilLines(count: number): Promise<readonly string[]> {
    while (this.lines.length < count && this.#child.exitCode === null && this.#child.signalCode === null) {
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
    return this.lines;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async ended(): Promise<number | null> {
    return this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
