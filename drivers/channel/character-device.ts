import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { BytePort } from '../contracts/channel.ts';
import type { Clock, Wait } from '../contracts/clock.ts';
import { StationFault } from '../contracts/fault.ts';

/** The node of a USB printer, such as `/dev/usb/lp0`. */
export interface CharacterDeviceOptions {
  readonly path: string;
  readonly clock: Clock;
  /** How often an empty node is asked again; 5 ms unless given. */
  readonly pollMs?: number;
}

const flags = constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOCTTY;
const pieceBytes = 8192;

/**
 * Opens a printer node as a byte port. It never blocks: a blocking read would hold a thread until the printer speaks
 * (virtual-devices.md 3). The node is opened anew between a write and the read after it (printers.md 2.2). Throws
 * `PRN-RESERVED` when another program has it, `LNK-REFUSED` when it is missing.
 */
export async function openCharacterDevice(options: CharacterDeviceOptions): Promise<BytePort> {
  const port = new CharacterDevice(options);
  await port.open();
  return port;
}

class CharacterDevice implements BytePort {
  readonly #options: CharacterDeviceOptions;
  #node: FileHandle | null = null;
  #written = false;
  #disposed = false;

  constructor(options: CharacterDeviceOptions) {
    this.#options = options;
  }

  async open(): Promise<FileHandle> {
    if (this.#disposed) throw new StationFault('LNK-CLOSED', { note: 'the port was disposed' });
    this.#node ??= await open(this.#options.path, flags).catch((error: unknown) => {
      const reason = reasonOf(error);
      throw new StationFault(reason === 'EBUSY' ? 'PRN-RESERVED' : 'LNK-REFUSED', { note: `${this.#options.path}: ${reason}` }, error);
    });
    return this.#node;
  }

  async write(bytes: Uint8Array, limit: Wait): Promise<void> {
    let at = 0;
    await this.#poll(limit, async (node) => {
      const { bytesWritten } = await node.write(bytes, at, Math.min(pieceBytes, bytes.length - at));
      this.#written = true;
      at += bytesWritten;
      return at >= bytes.length ? 'done' : bytesWritten > 0 ? 'more' : 'empty';
    });
  }

  async read(limit: Wait): Promise<Uint8Array> {
    if (this.#written) await this.#reopen();
    const buffer = new Uint8Array(pieceBytes);
    let length = 0;
    await this.#poll(limit, async (node) => {
      const { bytesRead } = await node.read(buffer, 0, buffer.length, null);
      length = bytesRead;
      if (bytesRead === 0) await this.#reopen();
      return bytesRead > 0 ? 'done' : 'empty';
    });
    return buffer.slice(0, length);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await this.#close();
  }

  /** Also tells a node that ended from one that is silent: the first cannot be opened again. */
  async #reopen(): Promise<void> {
    await this.#close();
    this.#written = false;
    await this.open().catch((error: unknown) => {
      throw error instanceof StationFault && error.code === 'LNK-REFUSED' ? new StationFault('LNK-CLOSED', error.detail, error) : error;
    });
  }

  async #close(): Promise<void> {
    const node = this.#node;
    this.#node = null;
    await node?.close();
  }

  /** Does a piece of work again and again until it is done; a node that has nothing now is left alone for a moment. */
  async #poll(limit: Wait, work: (node: FileHandle) => Promise<'done' | 'more' | 'empty'>): Promise<void> {
    const { clock, pollMs = 5 } = this.#options;
    const deadline = clock.steady() + limit.timeoutMs;
    for (;;) {
      if (limit.signal.aborted) throw new StationFault('STA-ABORTED');
      const progress = await this.#try(work);
      if (progress === 'done') return;
      if (clock.steady() >= deadline) throw new StationFault('LNK-TIMEOUT', { data: { timeoutMs: limit.timeoutMs } });
      if (progress === 'empty') await clock.sleep(Math.min(pollMs, Math.max(0, deadline - clock.steady())), limit.signal);
    }
  }

  async #try(work: (node: FileHandle) => Promise<'done' | 'more' | 'empty'>): Promise<'done' | 'more' | 'empty'> {
    const node = await this.open();
    try {
      return await work(node);
    } catch (error) {
      if (error instanceof StationFault) throw error;
      const code = reasonOf(error);
      if (code === 'EAGAIN') return 'empty';
      throw new StationFault('LNK-CLOSED', { note: `${this.#options.path}: ${code}` }, error);
    }
  }
}

/** ENOENT missing, EBUSY another program has it, ENODEV and EIO unplugged. */
function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
