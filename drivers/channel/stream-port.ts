import type { Duplex } from 'node:stream';
import type { BytePort } from '../contracts/channel.ts';
import { within, type Clock, type Wait } from '../contracts/clock.ts';
import { StationFault } from '../contracts/fault.ts';

/** More unread bytes than this and the device is made to wait. */
const unreadLimitBytes = 64 * 1024;

/** A byte port over an open stream. `end` closes what the stream stands on; it is called once. */
export class StreamPort implements BytePort {
  readonly #stream: Duplex;
  readonly #clock: Clock;
  readonly #end: () => Promise<void>;
  #unread: Uint8Array[] = [];
  #unreadBytes = 0;
  #closed: StationFault | null = null;
  #wake: (() => void) | null = null;

  constructor(stream: Duplex, clock: Clock, end: () => Promise<void>) {
    this.#stream = stream;
    this.#clock = clock;
    this.#end = end;
    stream.on('data', (bytes: Uint8Array) => {
      this.#unread.push(bytes);
      this.#unreadBytes += bytes.length;
      if (this.#unreadBytes > unreadLimitBytes) stream.pause();
      this.#wake?.();
    });
    stream.on('end', () => { this.#close('the device ended the connection'); });
    stream.on('error', (error) => { this.#close(error.message, error); });
    stream.on('close', () => { this.#close('the connection is closed'); });
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
      this.#stream.write(bytes, (error) => {
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
    this.#stream.resume();
    return bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= new StationFault('LNK-CLOSED', { note: 'the port was disposed' });
    this.#wake?.();
    await this.#end();
  }
}
