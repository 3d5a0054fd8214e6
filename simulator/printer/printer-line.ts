import { Duplex } from 'node:stream';
import { writeAcknowledged } from '../../drivers/codec/evolis-acknowledge.ts';
import { openPseudoTerminal } from '../machine/pseudo-terminal.ts';
import { EscapeFirmware, type EscapeFirmwareOptions } from './escape-firmware.ts';

export interface PrinterLineOptions<Card> extends EscapeFirmwareOptions<Card> {
  /** A lasting name for the line; the system's own unless given. */
  readonly link?: string;
  /** Whether the line is set to ACK/NACK. */
  readonly acknowledge?: boolean;
}

/** A printer on a serial line, or on a node that reads and writes like one. */
export interface PrinterLine extends AsyncDisposable {
  readonly path: string;
}

/** Opens the escape language on a pseudo terminal in front of the mechanics. Throws `SIM-INVALID` when the link cannot be made. */
export async function openPrinterLine<Card>(options: PrinterLineOptions<Card>): Promise<PrinterLine> {
  const terminal = await openPseudoTerminal(options.link);
  const firmware = new EscapeFirmware({ ...options, ...(options.acknowledge === true ? { writeAnswer: writeAcknowledged } : {}) });
  const stopping = new AbortController();
  const serving = serve(terminal.stream, firmware, stopping.signal);
  return {
    path: terminal.path,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await terminal[Symbol.asyncDispose]();
      await serving;
      await firmware.close();
    },
  };
}

/** A line has no connections: when the firmware hangs up, the next bytes begin a new conversation. */
async function serve<Card>(line: Duplex, firmware: EscapeFirmware<Card>, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    const conversation = new LineConversation(line, () => firmware.away);
    const stop = (): void => { conversation.destroy(); };
    stopping.addEventListener('abort', stop, { once: true });
    try {
      await firmware.converse(conversation);
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error)) throw error;
    } finally {
      stopping.removeEventListener('abort', stop);
      conversation.destroy();
    }
  }
}

/** One conversation on a line: it may be destroyed, and the line stays. What comes while the printer is away is lost. */
class LineConversation extends Duplex {
  readonly #line: Duplex;
  readonly #take: (bytes: Uint8Array) => void;

  constructor(line: Duplex, isAway: () => boolean) {
    super();
    this.#line = line;
    this.#take = (bytes) => { if (!isAway() && !this.push(bytes)) line.pause(); };
    line.on('data', this.#take);
    line.resume();
  }

  override _read(): void {
    this.#line.resume();
  }

  override _write(bytes: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#line.write(bytes, done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#line.off('data', this.#take);
    done(error);
  }
}
