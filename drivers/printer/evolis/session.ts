import { readAcknowledged } from '../../codec/evolis-acknowledge.ts';
import { readAnswer, type AnswerProgress } from '../../codec/evolis-answer.ts';
import { commandText, writeCommand, type EvolisCommand } from '../../codec/evolis-frame.ts';
import type { BytePort } from '../../contracts/channel.ts';
import { within, type Clock, type Wait } from '../../contracts/clock.ts';
import { StationFault } from '../../contracts/fault.ts';

/** Makes a new connection to the printer. */
export type ConnectPort = (limit: Wait) => Promise<BytePort>;

const reconnectPauseMs = 200;
/** An answer whose first byte has come is whole within this, or never: a print may take minutes, its answer does not. */
const restOfAnswerMs = 5_000;

/**
 * One command at a time over a connection that is replaced after any trouble, so that a late answer is never taken for
 * the answer to the next command. A question is asked again on a new connection; an act never is.
 */
export class EvolisSession implements AsyncDisposable {
  readonly #connect: ConnectPort;
  readonly #clock: Clock;
  #port: BytePort | null = null;
  #closed = false;
  #turn: Promise<unknown> = Promise.resolve();

  readonly #read: (bytes: Uint8Array) => AnswerProgress;

  /** `acknowledges`: the line is set to ACK/NACK. */
  constructor(connect: ConnectPort, clock: Clock, acknowledges = false) {
    this.#connect = connect;
    this.#clock = clock;
    this.#read = acknowledges ? readAcknowledged : readAnswer;
  }

  /** Opens the connection if there is none. Throws `PRN-OFFLINE`, `STA-ABORTED`. */
  async open(limit: Wait): Promise<void> {
    await this.#inTurn(limit, async (left) => this.#ready(left));
  }

  /**
   * The answer to a command that moves and changes nothing, or sets what may be set again. A silence is answered by asking
   * once more; a connection that is refused or lost by trying until the time is up, for a printer that restarts is away for
   * a while. Throws `PRN-OFFLINE` when no answer came, `LNK-PROTOCOL` when what came is no answer, `STA-ABORTED`.
   */
  async ask(command: EvolisCommand, limit: Wait): Promise<string> {
    return this.#inTurn(limit, async (left) => {
      for (let silences = 0; ;) {
        try {
          const { timeoutMs } = left();
          return await this.#exchange(command, { ...limit, timeoutMs: silences === 0 ? timeoutMs / 2 : timeoutMs });
        } catch (error) {
          if (!isLinkTrouble(error)) throw error;
          const silent = error.code === 'LNK-TIMEOUT';
          silences += silent ? 1 : 0;
          const pauseMs = silent ? 0 : reconnectPauseMs;
          if (silences > 1 || left().timeoutMs <= pauseMs) throw new StationFault('PRN-OFFLINE', { note: `no answer to ${commandText(command)}` }, error);
          if (!silent) await this.#clock.sleep(pauseMs, limit.signal);
        }
      }
    });
  }

  /**
   * The answer to a command that moves or marks a card. Throws `PRN-OFFLINE` when it could not be sent, `PRN-UNKNOWN` when
   * it was sent, wholly or in part, and no proper answer came: then nobody knows whether it was done. `STA-ABORTED`.
   */
  async act(command: EvolisCommand, limit: Wait): Promise<string> {
    return this.#inTurn(limit, async (left) => {
      await this.#ready(left);
      try {
        return await this.#exchange(command, left());
      } catch (error) {
        if (error instanceof StationFault && error.code === 'STA-ABORTED') throw error;
        throw new StationFault('PRN-UNKNOWN', { note: `no proper answer to ${commandText(command)}` }, error);
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#drop();
  }

  async #inTurn<T>(limit: Wait, work: (left: () => Wait) => Promise<T>): Promise<T> {
    const deadline = this.#clock.steady() + limit.timeoutMs;
    const left = (): Wait => ({ signal: limit.signal, timeoutMs: Math.max(0, deadline - this.#clock.steady()) });
    const previous = this.#turn;
    const mine = within(this.#clock, limit, async () => previous).then(async () => work(left));
    this.#turn = Promise.allSettled([previous, mine]);
    return mine;
  }

  /** A connection without unread bytes: what came unasked belongs to nobody, and its connection is given up. */
  async #ready(left: () => Wait): Promise<BytePort> {
    if (this.#port !== null && !(await isQuiet(this.#port, left().signal))) await this.#drop();
    if (this.#port !== null) return this.#port;
    if (this.#closed) throw new StationFault('PRN-OFFLINE', { note: 'the printer was closed' });
    try {
      this.#port = await this.#connect(left());
      return this.#port;
    } catch (error) {
      if (isLinkTrouble(error)) throw new StationFault('PRN-OFFLINE', { note: 'cannot connect' }, error);
      throw error;
    }
  }

  async #exchange(command: EvolisCommand, limit: Wait): Promise<string> {
    const deadline = this.#clock.steady() + limit.timeoutMs;
    const left = (): Wait => ({ signal: limit.signal, timeoutMs: Math.max(1, deadline - this.#clock.steady()) });
    const port = await this.#ready(left);
    try {
      await port.write(writeCommand(command), left());
      return await receive(port, left, this.#read);
    } catch (error) {
      await this.#drop();
      throw error;
    }
  }

  async #drop(): Promise<void> {
    const port = this.#port;
    this.#port = null;
    await port?.[Symbol.asyncDispose]();
  }
}

async function isQuiet(port: BytePort, signal: AbortSignal): Promise<boolean> {
  try {
    await port.read({ signal, timeoutMs: 0 });
    return false;
  } catch (error) {
    return error instanceof StationFault && error.code === 'LNK-TIMEOUT';
  }
}

async function receive(port: BytePort, left: () => Wait, read: (bytes: Uint8Array) => AnswerProgress): Promise<string> {
  let bytes: Uint8Array = new Uint8Array();
  for (;;) {
    const { signal, timeoutMs } = left();
    bytes = Buffer.concat([bytes, await port.read({ signal, timeoutMs: bytes.length === 0 ? timeoutMs : Math.min(timeoutMs, restOfAnswerMs) })]);
    const progress = read(bytes);
    if (progress.kind === 'garbage') throw new StationFault('LNK-PROTOCOL', { note: progress.reason });
    if (progress.kind === 'incomplete') continue;
    if (progress.rest.length > 0) throw new StationFault('LNK-PROTOCOL', { note: 'two answers to one command' });
    return progress.text;
  }
}

function isLinkTrouble(error: unknown): error is StationFault {
  return error instanceof StationFault && (error.code === 'LNK-TIMEOUT' || error.code === 'LNK-CLOSED' || error.code === 'LNK-REFUSED' || error.code === 'PRN-OFFLINE');
}
