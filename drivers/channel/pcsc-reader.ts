import type { CardConnection, CardReader } from '../contracts/channel.ts';
import { systemClock, within, type Clock, type Wait } from '../contracts/clock.ts';
import { asStationFault, StationFault } from '../contracts/fault.ts';
import { meansMute, pcscFault } from './pcsc-errors.ts';
import type { ReaderRequest } from './pcsc-messages.ts';
import { PcscReaderLink } from './pcsc-reader-link.ts';

export interface PcscReaderOptions {
  /** The reader's PC/SC name, whole, as `listPcscReaders` gives it. */
  readonly name: string;
  /** Socket of a card service of its own (PCSCLITE_CSOCK_NAME); the computer's service unless given. */
  readonly socketPath?: string;
  readonly clock?: Clock;
}

/** A connect that is not answered is tried again while the wait lasts; between two tries. */
const retryMs = 50;
/** How long letting a card go may take before the reader's process is ended instead. */
const releaseTimeoutMs = 3000;

/** How long a new process may take before `openPcscReader` goes on without it. */
const startTimeoutMs = 10_000;

/**
 * Opens a PC/SC reader, driven by a process of its own (design section 5), and waits until that has looked around. That
 * the reader is missing, empty or without a service is told by `connect`. Throws `CFG-MISSING-PROGRAM` when PC/SC or
 * `setpriv` is not installed.
 */
export async function openPcscReader(options: PcscReaderOptions): Promise<CardReader> {
  const clock = options.clock ?? systemClock;
  const socketPath = options.socketPath ?? null;
  const link = PcscReaderLink.start(options.name, socketPath);
  await firstReport(link, clock);
  if (link.end?.code === 'CFG-MISSING-PROGRAM') throw link.end;
  return new PcscReader(options.name, socketPath, clock, link);
}

/** Until the process has told what it sees, or ended; one that is slow is waited for by `connect`. */
async function firstReport(link: PcscReaderLink, clock: Clock): Promise<void> {
  const slow = new AbortController();
  try {
    await Promise.race([link.changed(), clock.sleep(startTimeoutMs, slow.signal).catch(() => undefined)]);
  } finally {
    slow.abort();
  }
}

class PcscReader implements CardReader {
  readonly name: string;
  readonly #socketPath: string | null;
  readonly #clock: Clock;
  #link: PcscReaderLink;
  #connecting = false;

  constructor(name: string, socketPath: string | null, clock: Clock, link: PcscReaderLink) {
    this.name = name;
    this.#socketPath = socketPath;
    this.#clock = clock;
    this.#link = link;
  }

  async connect(limit: Wait): Promise<CardConnection> {
    let obstacle = new StationFault('LNK-SERVICE-GONE', { note: 'the card service did not answer in time' });
    try {
      const outcome = await within(this.#clock, limit, async (signal) => {
        for (;;) {
          const found = await this.#try(signal);
          // Whoever asked has left: a card that is held for nobody would stay held. Only its own process ends for it: another may be at work by now.
          if (signal.aborted && !(found instanceof StationFault)) found.abandon();
          if (signal.aborted || !(found instanceof StationFault)) return found;
          obstacle = found;
          await this.#pause(signal);
        }
      });
      if (outcome instanceof StationFault) throw outcome;
      return outcome;
    } catch (error) {
      const fault = asStationFault(error);
      const unanswered = this.#connecting;
      if (unanswered) this.#link.kill(fault);
      if (fault.code !== 'LNK-TIMEOUT') throw fault;
      throw unanswered ? new StationFault('ENC-MUTE', { note: 'the card gave no answer to reset in time' }) : obstacle;
    }
  }

  /** One look, and one connect when a card is there. Gives the obstacle when it did not succeed; throws what waiting cannot mend. */
  async #try(signal: AbortSignal): Promise<PcscConnection | StationFault> {
    if (signal.aborted) return new StationFault('STA-ABORTED');
    if (this.#link.end !== null) this.#link = PcscReaderLink.start(this.name, this.#socketPath);
    const link = this.#link;
    if (link.readers === null) await link.changed();
    if (link.end !== null) {
      if (link.end.code !== 'LNK-SERVICE-GONE') throw link.end;
      return link.end;
    }
    const state = link.readers?.find(({ name }) => name === this.name);
    if (state === undefined) return new StationFault('ENC-NO-READER', { field: this.name });
    if (state.card === 'empty') return new StationFault('ENC-NO-CARD', { data: { reader: this.name } });
    if (state.card === 'mute') return new StationFault('ENC-MUTE', { data: { reader: this.name } });
    if (signal.aborted) return new StationFault('STA-ABORTED');
    return this.#connectTo(link);
  }

  async #connectTo(link: PcscReaderLink): Promise<PcscConnection | StationFault> {
    this.#connecting = true;
    const reply = await link.request({ kind: 'connect' }).catch((error: unknown) => asStationFault(error));
    this.#connecting = false;
    if (reply instanceof StationFault) return reply;
    if (reply.kind === 'done') return new PcscConnection(link, reply.body, this.#clock);
    if (meansMute(reply.code)) return new StationFault('ENC-MUTE', { note: reply.note });
    const fault = pcscFault(reply.code, reply.note);
    return fault.code === 'LNK-CARD-GONE' ? new StationFault('ENC-NO-CARD', { note: reply.note }) : fault;
  }

  /** Until the reader tells something new, at most one retry interval. */
  async #pause(signal: AbortSignal): Promise<void> {
    const link = this.#link;
    const waiting = new AbortController();
    const sleep = this.#clock.sleep(retryMs, AbortSignal.any([signal, waiting.signal]));
    try {
      await Promise.race([sleep, ...(link.end === null ? [link.changed()] : [])]);
    } finally {
      waiting.abort();
      sleep.catch(() => undefined);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#link[Symbol.asyncDispose]();
  }
}

class PcscConnection implements CardConnection {
  readonly atr: Uint8Array;
  readonly channel = { transmit: (command: Uint8Array, limit: Wait): Promise<Uint8Array> => this.#transmit(command, limit) };
  readonly #link: PcscReaderLink;
  readonly #clock: Clock;
  #gone: StationFault | null = null;
  #closed = false;

  constructor(link: PcscReaderLink, atr: Uint8Array, clock: Clock) {
    this.#link = link;
    this.atr = atr;
    this.#clock = clock;
  }

  /** Lets the card go by ending the reader's process; whoever shares it starts another. */
  abandon(): void {
    this.#closed = true;
    this.#link.kill(new StationFault('LNK-SERVICE-GONE', { note: 'the process held a card for nobody' }));
  }

  async #transmit(command: Uint8Array, limit: Wait): Promise<Uint8Array> {
    if (this.#closed) throw new StationFault('STA-BUG', { note: 'a connection that was closed is used' });
    if (this.#gone !== null) throw this.#gone;
    return this.#exchange({ kind: 'transmit', command }, limit);
  }

  /** One request within its limit. A process that does not answer in time is ended: PC/SC cannot be interrupted. */
  async #exchange(request: ReaderRequest, limit: Wait): Promise<Uint8Array> {
    try {
      const reply = await within(this.#clock, limit, () => this.#link.request(request));
      if (reply.kind === 'done') return reply.body;
      throw pcscFault(reply.code, reply.note);
    } catch (error) {
      const fault = asStationFault(error);
      if (fault.code === 'LNK-TIMEOUT' || fault.code === 'STA-ABORTED' || fault.code === 'LNK-SERVICE-GONE') this.#link.kill(fault);
      this.#gone = fault;
      throw fault;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#link.end !== null) return;
    const limit = { signal: new AbortController().signal, timeoutMs: releaseTimeoutMs };
    // A card that left is let go of already, but the binding does not know it: only a new process forgets the card.
    await this.#exchange({ kind: 'disconnect' }, limit).catch((error: unknown) => this.#link.kill(asStationFault(error)));
  }
}
