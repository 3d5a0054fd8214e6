import { statusRequest } from '../../codec/magicard-job.ts';
import { readStatus, type MagicardStatus } from '../../codec/magicard-status.ts';
import type { BytePort } from '../../contracts/channel.ts';
import { within, type Clock, type Wait } from '../../contracts/clock.ts';
import { StationFault } from '../../contracts/fault.ts';

/** Makes a new connection to the printer. */
export type ConnectPort = (limit: Wait) => Promise<BytePort>;

const linkCodes: ReadonlySet<string> = new Set(['LNK-TIMEOUT', 'LNK-CLOSED', 'LNK-REFUSED']);
const isLinkTrouble = (error: unknown): error is StationFault => error instanceof StationFault && linkCodes.has(error.code);

/** Each dialogue has a connection of its own, so that a late answer is never taken for another's. One dialogue at a time. */
export class StatusLink implements AsyncDisposable {
  readonly #connect: ConnectPort;
  readonly #clock: Clock;
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(connect: ConnectPort, clock: Clock) {
    this.#connect = connect;
    this.#clock = clock;
  }

  /** The printer's status, asked once. Throws `PRN-OFFLINE`, `LNK-PROTOCOL`, `STA-ABORTED`. */
  async status(limit: Wait): Promise<MagicardStatus> {
    try {
      return await this.#dialogue(limit, async (port, left) => {
        await port.write(statusRequest, left());
        let bytes: Uint8Array = new Uint8Array();
        for (;;) {
          bytes = Buffer.concat([bytes, await port.read(left())]);
          const progress = readStatus(bytes);
          if (progress.kind === 'garbage') throw new StationFault('LNK-PROTOCOL', { note: progress.reason });
          if (progress.kind === 'status') return progress.status;
        }
      });
    } catch (error) {
      if (isLinkTrouble(error)) throw new StationFault('PRN-OFFLINE', { note: 'no status' }, error);
      throw error;
    }
  }

  /** Sends what is not answered. Throws `PRN-OFFLINE` when nothing was sent, `PRN-UNKNOWN` when it may have been sent in part. */
  async send(bytes: Uint8Array, limit: Wait): Promise<void> {
    let begun = false;
    try {
      await this.#dialogue(limit, async (port, left) => {
        begun = true;
        await port.write(bytes, left());
      });
    } catch (error) {
      if (!isLinkTrouble(error)) throw error;
      throw begun ? new StationFault('PRN-UNKNOWN', { note: 'the job was sent in part' }, error) : new StationFault('PRN-OFFLINE', { note: 'cannot connect' }, error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#turn;
  }

  async #dialogue<T>(limit: Wait, work: (port: BytePort, left: () => Wait) => Promise<T>): Promise<T> {
    const deadline = this.#clock.steady() + limit.timeoutMs;
    const left = (): Wait => ({ signal: limit.signal, timeoutMs: Math.max(1, deadline - this.#clock.steady()) });
    const previous = this.#turn;
    const mine = within(this.#clock, limit, async () => previous).then(async () => {
      if (this.#closed) throw new StationFault('PRN-OFFLINE', { note: 'the printer was closed' });
      await using port = await this.#connect(left());
      return await work(port, left);
    });
    this.#turn = Promise.allSettled([previous, mine]);
    return mine;
  }
}
