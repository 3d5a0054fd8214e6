import { spawn, type ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { StationFault } from '../contracts/fault.ts';
import { packageRoot } from '../contracts/package-root.ts';
import { decodeReport, encodeRequest, FrameCutter, type ReaderReport, type ReaderRequest, type ReaderState } from './pcsc-messages.ts';

type Reply = Extract<ReaderReport, { kind: 'done' | 'failed' }>;

interface Pending {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (fault: StationFault) => void;
}

/** The command line of this program's own script: built scripts run as they are, sources through tsx. */
function scriptCommand(): readonly string[] {
  const built = import.meta.url.endsWith('.js');
  const script = fileURLToPath(new URL(`./pcsc-reader-process.${built ? 'js' : 'ts'}`, import.meta.url));
  return [process.execPath, ...(built ? [] : ['--import', 'tsx']), script];
}

/**
 * One life of a reader's process: what it sees, and one request at a time. It never comes back once it has ended; its
 * owner starts another. The kernel ends it with this program (parent-death signal), however this program ends.
 */
export class PcscReaderLink implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #stream: Duplex;
  readonly #closed: Promise<void>;
  #readers: readonly ReaderState[] | null = null;
  #end: StationFault | null = null;
  #pending: Pending | null = null;
  #watchers: (() => void)[] = [];
  #stderrTail = '';

  private constructor(child: ChildProcess, stream: Duplex) {
    this.#child = child;
    this.#stream = stream;
    this.#closed = new Promise((resolve) => {
      child.once('close', () => resolve());
      child.once('error', () => resolve());
    });
  }

  /** Starts a process for the reader of this PC/SC name (null: for listing only), against the service behind `socketPath` (null: the computer's). */
  static start(name: string | null, socketPath: string | null): PcscReaderLink {
    const env = { ...process.env };
    if (socketPath !== null) env['PCSCLITE_CSOCK_NAME'] = socketPath;
    const args = ['--pdeathsig', 'KILL', ...scriptCommand(), ...(name === null ? [] : [name])];
    const child = spawn('setpriv', args, { cwd: packageRoot(), env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
    const link = new PcscReaderLink(child, child.stdio[3] as Duplex);
    link.#listen();
    return link;
  }

  /** What the process sees, null before it has looked. */
  get readers(): readonly ReaderState[] | null {
    return this.#readers;
  }

  /** Why it ended, null while it lives. */
  get end(): StationFault | null {
    return this.#end;
  }

  /** Resolves when `readers` or `end` changes next. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#watchers.push(resolve));
  }

  /** Sends one request and waits for its answer. The command's bytes are wiped from the link's own buffers. */
  request(request: ReaderRequest): Promise<Reply> {
    if (this.#end !== null) return Promise.reject(this.#end);
    if (this.#pending !== null) return Promise.reject(new StationFault('STA-BUG', { note: 'two exchanges at once on one reader' }));
    const bytes = encodeRequest(request);
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      this.#stream.write(bytes, () => bytes.fill(0));
    });
  }

  /** Ends the process at once; what waits for it is rejected with `reason`. */
  kill(reason: StationFault): void {
    this.#finish(reason);
    this.#child.kill('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill(new StationFault('STA-ABORTED', { note: 'the reader was closed' }));
    await this.#closed;
  }

  #listen(): void {
    const cutter = new FrameCutter();
    this.#stream.on('data', (chunk: Buffer) => {
      cutter.push(chunk, (kind, body) => {
        const report = decodeReport(kind, body);
        if (report === null) this.kill(new StationFault('LNK-PROTOCOL', { note: 'the reader process wrote something unknown' }));
        else this.#take(report);
      });
    });
    this.#stream.on('error', (error) => this.#finish(new StationFault('LNK-SERVICE-GONE', { note: 'the reader process broke off' }, error)));
    this.#child.stderr?.on('data', (text: Buffer) => {
      this.#stderrTail = `${this.#stderrTail}${text.toString()}`.slice(-1000);
    });
    this.#child.once('error', (error) => this.#finish(new StationFault('CFG-MISSING-PROGRAM', { field: 'setpriv' }, error)));
    this.#child.once('close', () => this.#finish(new StationFault('LNK-SERVICE-GONE', { note: `the reader process ended ${this.#stderrTail}`.trim() })));
  }

  #take(report: ReaderReport): void {
    switch (report.kind) {
      case 'readers':
        this.#readers = report.readers;
        this.#wake();
        return;
      case 'service-gone': return this.#finish(new StationFault('LNK-SERVICE-GONE', { note: report.note }));
      case 'broken': return this.#finish(new StationFault('CFG-MISSING-PROGRAM', { field: 'pcsclite', note: report.note }));
      case 'done':
      case 'failed': {
        const pending = this.#pending;
        this.#pending = null;
        pending?.resolve(report);
      }
    }
  }

  #finish(reason: StationFault): void {
    this.#end ??= reason;
    const pending = this.#pending;
    this.#pending = null;
    pending?.reject(this.#end);
    this.#wake();
  }

  #wake(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const watcher of watchers) watcher();
  }
}
