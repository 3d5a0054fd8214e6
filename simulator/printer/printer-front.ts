import { createServer, type Server, type Socket } from 'node:net';
import { answerEnd } from '../../drivers/codec/evolis-answer.ts';
import { EvolisCommandParser, type ParsedFrame } from '../../drivers/codec/evolis-command-parser.ts';
import type { EvolisCommand } from '../../drivers/codec/evolis-frame.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { strike, type PathFault } from '../machine/card-path-faults.ts';
import type { Mechanics } from '../machine/card-path-mechanics.ts';
import { pathTimesMs } from '../machine/card-path-times.ts';
import { actingCommands, EscapeInterpreter } from './escape-interpreter.ts';
import type { PrinterIdentity } from './printer-identity.ts';

export interface PrinterFrontOptions<Card> {
  /** The printer's inside, shared with whoever else acts on it. */
  readonly mechanics: Mechanics<Card>;
  readonly identity: PrinterIdentity;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Called when a host names a ribbon (`Pr`), before the answer. */
  readonly onRibbonNamed?: (ribbon: string) => void;
  /** Called after each command with its answer; null when none was sent. */
  readonly onCommand?: (command: EvolisCommand, answer: string | null) => void;
}

/** A printer that listens. Disposing ends its connections and waits until what was begun is finished. */
export interface PrinterFront extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
}

/** More hosts at a time are turned away. */
const maxConnections = 16;

/** Opens the escape language on TCP in front of the mechanics. Throws `SIM-INVALID` when the address cannot be listened on. */
export async function openPrinterFront<Card>(options: PrinterFrontOptions<Card>): Promise<PrinterFront> {
  const front = new EscapeFront(options);
  await front.listen(options.host, options.port);
  return front;
}

class EscapeFront<Card> implements PrinterFront {
  host = '';
  port = 0;
  readonly #options: PrinterFrontOptions<Card>;
  readonly #interpreter: EscapeInterpreter<Card>;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #conversations = new Set<Promise<void>>();
  #turn: Promise<unknown> = Promise.resolve();
  readonly #closing = new AbortController();
  #away = false;
  #lastAnswer = 'OK';

  constructor(options: PrinterFrontOptions<Card>) {
    this.#options = options;
    this.#interpreter = new EscapeInterpreter({
      mechanics: options.mechanics,
      identity: options.identity,
      onRibbonNamed: (ribbon) => options.onRibbonNamed?.(ribbon),
    });
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => { this.#accept(socket); });
  }

  async listen(host: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => { reject(new StationFault('SIM-INVALID', { field: `listen ${host}:${String(port)}`, note: error.message }, error)); });
      this.#server.listen({ host, port }, resolve);
    });
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new StationFault('STA-BUG', { note: 'the printer front does not listen on TCP' });
    this.host = address.address;
    this.port = address.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    const closed = new Promise<void>((resolve) => { this.#server.close(() => { resolve(); }); });
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#conversations);
    await closed;
    await this.#options.mechanics.idle();
  }

  #accept(socket: Socket): void {
    if (this.#away || this.#sockets.size >= maxConnections) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    const conversation = this.#converse(socket).finally(() => {
      this.#sockets.delete(socket);
      this.#conversations.delete(conversation);
    });
    this.#conversations.add(conversation);
  }

  /** Reads a host until it hangs up; the next bytes are read when the commands before them are done and their answers taken. */
  async #converse(socket: Socket): Promise<void> {
    const parser = new EvolisCommandParser();
    // A host may vanish while its last answer is under way; that is no error of the printer.
    socket.on('error', () => { socket.destroy(); });
    try {
      for await (const chunk of socket) {
        for (const frame of parser.push(chunk as Uint8Array)) {
          if ((await this.#inTurn(async () => this.#serve(socket, frame))) === 'hung-up') return;
          if (socket.writableNeedDrain) await drained(socket);
        }
      }
      socket.end();
    } catch (error) {
      socket.destroy();
      if (!isHangUp(error)) throw error;
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #serve(socket: Socket, frame: ParsedFrame): Promise<Conversation> {
    if (frame.kind === 'download') {
      if (!this.#strike('panel').includes('connection-cut')) return 'goes-on';
      socket.destroy();
      return 'hung-up';
    }
    if (frame.kind === 'error') {
      this.#say(socket, frame.error === 'bad-download' ? 'ERROR PARAMETRES' : 'ERROR CDE');
      return 'goes-on';
    }
    const { command } = frame;
    if (command.name === 'Srs') {
      this.#options.onCommand?.(command, null);
      return this.#restart();
    }
    const due = [...this.#strike(`command:${command.name}`), ...(actingCommands.has(command.name) ? this.#strike('act') : [])];
    const answer = due.includes('insertion-refused') ? 'ERROR' : await this.#interpreter.execute(command);
    return this.#reply(socket, command, due.includes('ribbon-count-ok') ? 'OK' : answer, due);
  }

  #reply(socket: Socket, command: EvolisCommand, answer: string, due: readonly PathFault[]): Conversation {
    const silent = due.includes('no-answer') || due.includes('reboot');
    this.#options.onCommand?.(command, silent ? null : answer);
    if (due.includes('reboot')) return this.#restart();
    if (due.includes('half-answer')) socket.write(answer.slice(0, Math.ceil(answer.length / 2)), 'latin1');
    else if (due.includes('stale-answer')) this.#say(socket, `${this.#lastAnswer}${answerEnd}${answer}`);
    else if (!silent) this.#say(socket, answer);
    this.#lastAnswer = answer;
    return 'goes-on';
  }

  #say(socket: Socket, answer: string): void {
    if (socket.writable) socket.write(`${answer}${answerEnd}`, 'latin1');
  }

  #strike(trigger: string): readonly PathFault[] {
    const { holder } = this.#options.mechanics;
    const { plan, due } = strike(holder.path.faults, trigger);
    if (plan.armed.length > 0 || due.length > 0) holder.update((path) => ({ ...path, faults: plan }));
    return due;
  }

  /** The firmware starts anew: modes and connections are lost, the card stays where it is, nobody is let in for a while. */
  #restart(): 'hung-up' {
    this.#interpreter.restart();
    for (const socket of this.#sockets) socket.destroy();
    const { clock, timeFactor } = this.#options.mechanics;
    const awayMs = pathTimesMs.softwareReset * timeFactor;
    if (awayMs === 0) return 'hung-up';
    this.#away = true;
    clock.sleep(awayMs, this.#closing.signal).then(() => { this.#away = false; }, () => { this.#away = true; });
    return 'hung-up';
  }
}

type Conversation = 'goes-on' | 'hung-up';

/** Resolves when the host has taken what was written for it, or is gone. */
async function drained(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    socket.once('drain', resolve);
    socket.once('close', () => { resolve(); });
  });
}

/** Whether a conversation ended because the other side, or we, closed the connection. */
function isHangUp(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ETIMEDOUT';
}
