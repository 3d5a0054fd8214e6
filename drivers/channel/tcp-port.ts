import { connect, type Socket } from 'node:net';
import type { BytePort } from '../contracts/channel.ts';
import { within, type Clock, type Wait } from '../contracts/clock.ts';
import { StationFault } from '../contracts/fault.ts';

export interface TcpPortOptions {
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
}

/** More unread bytes than this and the device is made to wait. */
const unreadLimitBytes = 64 * 1024;

/**
 * Opens a TCP connection as a byte port. Throws `LNK-REFUSED` when nobody listens or the name is unknown, `LNK-TIMEOUT`,
 * `STA-ABORTED`. Nagle is off: a command is one write, and its answer is waited for.
 */
export async function openTcpPort(options: TcpPortOptions, limit: Wait): Promise<BytePort> {
  const socket = connect({ host: options.host, port: options.port, noDelay: true });
  try {
    await within(options.clock, limit, async () => connected(socket, options));
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return new TcpPort(socket, options.clock);
}

async function connected(socket: Socket, { host, port }: TcpPortOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (error) => {
      reject(new StationFault('LNK-REFUSED', { note: `${host}:${String(port)}: ${error.message}` }, error));
    });
  });
}

class TcpPort implements BytePort {
  readonly #socket: Socket;
  readonly #clock: Clock;
  #unread: Uint8Array[] = [];
  #unreadBytes = 0;
  #closed: StationFault | null = null;
  #wake: (() => void) | null = null;

  constructor(socket: Socket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    socket.on('data', (bytes: Uint8Array) => {
      this.#unread.push(bytes);
      this.#unreadBytes += bytes.length;
      if (this.#unreadBytes > unreadLimitBytes) socket.pause();
      this.#wake?.();
    });
    socket.on('end', () => { this.#close('the device ended the connection'); });
    socket.on('error', (error) => { this.#close(error.message, error); });
    socket.on('close', () => { this.#close('the connection is closed'); });
  }

  #close(note: string, cause?: unknown): void {
    this.#closed ??= new StationFault('LNK-CLOSED', { note }, cause);
    this.#wake?.();
  }

  async write(bytes: Uint8Array, limit: Wait): Promise<void> {
    await within(this.#clock, limit, async () => new Promise<void>((resolve, reject) => {
      if (this.#closed !== null) {
        reject(this.#closed);
        return;
      }
      this.#socket.write(bytes, (error) => {
        if (error) reject(new StationFault('LNK-CLOSED', { note: error.message }, error));
        else resolve();
      });
    }));
  }

  async read(limit: Wait): Promise<Uint8Array> {
    if (this.#unread.length === 0) {
      if (this.#closed !== null) throw this.#closed;
      if (limit.timeoutMs <= 0) throw new StationFault('LNK-TIMEOUT', { data: { timeoutMs: limit.timeoutMs } });
      try {
        await within(this.#clock, limit, async () => this.#arrival());
      } finally {
        this.#wake = null;
      }
    }
    return this.#drain();
  }

  async #arrival(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#wake = () => {
        if (this.#unread.length > 0) resolve();
        else if (this.#closed !== null) reject(this.#closed);
      };
    });
  }

  #drain(): Uint8Array {
    const [first, ...more] = this.#unread;
    if (first === undefined) throw this.#closed ?? new StationFault('LNK-CLOSED', { note: 'nothing came' });
    const bytes = more.length === 0 ? first : Buffer.concat([first, ...more]);
    this.#unread = [];
    this.#unreadBytes = 0;
    this.#socket.resume();
    return bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= new StationFault('LNK-CLOSED', { note: 'the port was disposed' });
    this.#wake?.();
    if (this.#socket.destroyed) return;
    await new Promise<void>((resolve) => {
      this.#socket.once('close', () => { resolve(); });
      this.#socket.destroy();
    });
  }
}
