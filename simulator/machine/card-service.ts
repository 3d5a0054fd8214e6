import { spawn, type ChildProcess } from 'node:child_process';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { systemClock, within, type Clock } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { freePorts } from './free-ports.ts';

/** A virtual reader: the name PC/SC gives it and the TCP port where its card is awaited. */
export interface VirtualReader {
  readonly name: string;
  readonly port: number;
}

/** A card service (pcscd) with virtual readers. Disposing ends it, where it is the machine's own. */
export interface CardService extends AsyncDisposable {
  /** PCSCLITE_CSOCK_NAME for its clients; null for the computer's own service. */
  readonly socketPath: string | null;
  readonly readers: readonly VirtualReader[];
  readonly running: boolean;
  /** Ends it without warning. Throws `SIM-INVALID` for the computer's own service. */
  kill(): Promise<void>;
  /** Starts it anew on the same socket with the same readers. Throws `SIM-INVALID` for the computer's own service. */
  start(): Promise<void>;
}

export interface PrivateServiceOptions {
  /** A folder of its own, with a path short enough for a socket in it. */
  readonly folder: string;
  /** Names of the readers to imitate, as their makers name them. */
  readonly readerNames: readonly string[];
  readonly clock?: Clock;
}

const driverPath = '/usr/lib/pcsc/drivers/serial/libifdvpcd.so';
/** vpcd makes two slots of each entry, on its port and the next. */
const slotsPerEntry = 2;
const startTimeoutMs = 10_000;
/** Debian's entry of vpcd in the computer's own service. */
const debianPort = 0x8c7b;
const startScript = 'mkdir -p /run/pcscd && mount -t tmpfs tmpfs /run/pcscd && exec pcscd --foreground --config "$0"';

/** Whether this user may give a process a file system view of its own, which a private card service needs. */
export async function mayRunPrivateService(): Promise<boolean> {
  const child = spawn('unshare', ['--mount', 'true'], { stdio: 'ignore' });
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
  });
}

/**
 * Starts a pcscd of the machine's own, beside the computer's (design section 5). It ends with this process. Throws
 * `CFG-MISSING-PROGRAM` when pcscd, vpcd or the tools that start it are not installed, `LNK-SERVICE-GONE` when it does not come up.
 */
export async function openPrivateCardService(options: PrivateServiceOptions): Promise<CardService> {
  const entries = join(options.folder, 'readers');
  await mkdir(entries, { recursive: true });
  const readers: VirtualReader[] = [];
  for (const [index, friendlyName] of options.readerNames.entries()) {
    const port = await freePorts(slotsPerEntry);
    const library = join(options.folder, `vpcd-${index}.so`);
    await copyFile(driverPath, library).catch((error: unknown) => {
      throw new StationFault('CFG-MISSING-PROGRAM', { field: 'vsmartcard-vpcd' }, error);
    });
    await writeFile(join(entries, `reader-${index}`), readerEntry(friendlyName, port, library));
    readers.push({ name: `${friendlyName} 00 00`, port });
  }
  const service = new PrivateCardService(join(options.folder, 'pcscd.comm'), entries, readers, options.clock ?? systemClock);
  await service.start();
  return service;
}

function readerEntry(friendlyName: string, port: number, library: string): string {
  const channel = `0x${port.toString(16).toUpperCase()}`;
  return `FRIENDLYNAME "${friendlyName}"\nDEVICENAME /dev/null:${channel}\nLIBPATH ${library}\nCHANNELID ${channel}\n`;
}

class PrivateCardService implements CardService {
  readonly socketPath: string;
  readonly readers: readonly VirtualReader[];
  readonly #entries: string;
  readonly #clock: Clock;
  #child: ChildProcess | null = null;
  #stderrTail = '';

  constructor(socketPath: string, entries: string, readers: readonly VirtualReader[], clock: Clock) {
    this.socketPath = socketPath;
    this.#entries = entries;
    this.readers = readers;
    this.#clock = clock;
  }

  get running(): boolean {
    return this.#child !== null;
  }

  async start(): Promise<void> {
    if (this.#child !== null) return;
    await rm(this.socketPath, { force: true });
    const command = ['systemd-socket-activate', '-l', this.socketPath, 'unshare', '--mount', 'sh', '-c', startScript, this.#entries];
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    this.#stderrTail = '';
    child.once('close', () => {
      if (this.#child === child) this.#child = null;
    });
    try {
      await within(this.#clock, { signal: new AbortController().signal, timeoutMs: startTimeoutMs }, async () => this.#listening(child));
      await this.#wake();
    } catch (error) {
      await this.kill();
      if (error instanceof StationFault && error.code === 'CFG-MISSING-PROGRAM') throw error;
      throw new StationFault('LNK-SERVICE-GONE', { note: this.#stderrTail.trim() }, error);
    }
  }

  /** Resolves when the socket is open. */
  async #listening(child: ChildProcess): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      child.once('error', (error) => reject(new StationFault('CFG-MISSING-PROGRAM', { field: 'setpriv' }, error)));
      child.once('close', () => reject(new StationFault('CFG-MISSING-PROGRAM', { field: 'systemd-socket-activate', note: this.#stderrTail.trim() })));
      child.stderr?.on('data', (text: Buffer) => {
        this.#stderrTail = `${this.#stderrTail}${text.toString()}`.slice(-2000);
        if (this.#stderrTail.includes('Listening on')) resolve();
      });
    });
  }

  /** The service starts its readers at its first client's contact; a contact at once keeps others from taking its ports. */
  async #wake(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const contact = connect(this.socketPath, () => {
        contact.destroy();
        resolve();
      });
      contact.once('error', reject);
    });
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.socketPath, { force: true });
  }
}

/**
 * The computer's own card service, with Debian's default entry of vpcd: its two slots stand in as two readers. It is
 * neither started nor ended here.
 */
export function computerCardService(): CardService {
  const refuse = async (): Promise<never> => {
    throw new StationFault('SIM-INVALID', { field: 'card service', note: "it is the computer's own" });
  };
  return {
    socketPath: null,
    readers: [0, 1].map((slot) => ({ name: `Virtual PCD 00 0${slot}`, port: debianPort + slot })),
    running: true,
    kill: refuse,
    start: refuse,
    [Symbol.asyncDispose]: async () => undefined,
  };
}
