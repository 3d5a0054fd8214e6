import type { Socket } from 'node:net';
import { alreadyReserved, JsonObjectCollector, readRequest, writeEspfAnswer, type EspfAnswer, type EspfRequest } from '../../drivers/codec/espf-message.ts';
import { strike, type PathFault } from '../machine/card-path-faults.ts';
import type { Mechanics } from '../machine/card-path-mechanics.ts';
import { pathTimesMs } from '../machine/card-path-times.ts';
import { actingCommands } from './escape-interpreter.ts';
import { badRequest, EspfError } from './espf-error.ts';
import { SupervisedPrinter } from './espf-printer.ts';
import { EspfService } from './espf-service.ts';
import type { PrinterFront } from './printer-front.ts';
import type { PrinterIdentity } from './printer-identity.ts';
import { TcpListener } from './tcp-listener.ts';

export interface EspfFrontOptions<Card> {
  readonly mechanics: Mechanics<Card>;
  readonly identity: PrinterIdentity;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly onRibbonNamed?: (ribbon: string) => void;
}

export interface EspfFront extends PrinterFront {
  /** The name under which the service knows the printer. */
  readonly device: string;
}

/** Opens the vendor's service on TCP in front of the mechanics. Throws `SIM-INVALID` when the address cannot be listened on. */
export async function openEspfFront<Card>(options: EspfFrontOptions<Card>): Promise<EspfFront> {
  const { mechanics, identity } = options;
  const device = `Evolis ${identity.model}`;
  const printer = new SupervisedPrinter({ mechanics, identity, onRibbonNamed: (ribbon) => options.onRibbonNamed?.(ribbon) });
  const service = new EspfService({ printer, device, model: identity.model, serial: identity.serial });
  const talk = new EspfConversations(options, printer, service);
  const listener = new TcpListener({ host: options.host, port: options.port, converse: async (socket) => talk.converse(socket), admits: () => !talk.away });
  await listener.listen();
  return {
    host: listener.host,
    port: listener.port,
    device,
    async [Symbol.asyncDispose]() {
      talk.close();
      await Promise.all([listener[Symbol.asyncDispose](), printer.close()]);
    },
  };
}

/** What a fault has the printer say instead of doing what it was told. */
const feignedAnswers: Readonly<Partial<Record<PathFault, string>>> = { 'ribbon-count-ok': 'OK', 'insertion-refused': 'ERROR', 'magnetic-refused': 'ERROR MAG' };

class EspfConversations<Card> {
  readonly #options: EspfFrontOptions<Card>;
  readonly #printer: SupervisedPrinter<Card>;
  readonly #service: EspfService<Card>;
  readonly #sockets = new Set<Socket>();
  readonly #closing = new AbortController();
  #lastAnswer: Uint8Array = new Uint8Array();
  away = false;

  constructor(options: EspfFrontOptions<Card>, printer: SupervisedPrinter<Card>, service: EspfService<Card>) {
    this.#options = options;
    this.#printer = printer;
    this.#service = service;
  }

  close(): void {
    this.#closing.abort();
  }

  /** One request, answered as soon as its object is complete; the connection is then closed when the client closes it. */
  async converse(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    try {
      const text = await firstObject(socket);
      if (text === null) socket.end(writeEspfAnswer(errorAnswer('', badRequest())));
      else await this.#serve(socket, text);
      await closed(socket);
    } finally {
      this.#sockets.delete(socket);
    }
  }

  async #serve(socket: Socket, text: string): Promise<void> {
    const request = readRequest(text);
    if (request === null) {
      socket.end(writeEspfAnswer(errorAnswer('', badRequest())));
      return;
    }
    const due = this.#strikeAll(request);
    if (due.has('connection-cut')) {
      socket.destroy();
      return;
    }
    const [feigned] = [...due].flatMap((fault) => feignedAnswers[fault] ?? []);
    const answer = feigned === undefined ? await this.#answer(request, due) : { id: request.id, result: feigned };
    this.#reply(socket, writeEspfAnswer(answer), due);
  }

  async #answer(request: EspfRequest, due: ReadonlySet<PathFault>): Promise<EspfAnswer> {
    if (due.has('taken-by-another')) return errorAnswer(request.id, new EspfError(1, alreadyReserved));
    try {
      return { id: request.id, result: await this.#service.call(request) };
    } catch (error) {
      if (error instanceof EspfError) return errorAnswer(request.id, error);
      throw error;
    }
  }

  #reply(socket: Socket, answer: Uint8Array, due: ReadonlySet<PathFault>): void {
    if (due.has('reboot')) return this.#restart();
    if (due.has('no-answer')) return;
    const bytes = due.has('stale-answer') && this.#lastAnswer.length > 0 ? this.#lastAnswer : answer;
    this.#lastAnswer = answer;
    if (socket.writable) socket.end(due.has('half-answer') ? bytes.subarray(0, bytes.length >> 1) : bytes);
  }

  /** A command counts under its own name, a method under its last word; what moves or marks a card also as an act. */
  #strikeAll(request: EspfRequest): ReadonlySet<PathFault> {
    const [, method = ''] = request.method.split('.');
    const [command = ''] = (request.params['command'] ?? '').split(';');
    const due = [...this.#strike(`command:${request.method === 'CMD.SendCommand' ? command : method}`)];
    if (request.method === 'PRINT.Print' || actingCommands.has(command)) due.push(...this.#strike('act'));
    if (request.method === 'PRINT.SetBitmap') due.push(...this.#strike('panel'));
    return new Set(due);
  }

  #strike(trigger: string): readonly PathFault[] {
    const { holder } = this.#options.mechanics;
    const { plan, due } = strike(holder.path.faults, trigger);
    if (plan.armed.length > 0 || due.length > 0) holder.update((path) => ({ ...path, faults: plan }));
    return due;
  }

  #restart(): void {
    this.#printer.restart();
    for (const socket of this.#sockets) socket.destroy();
    const { clock, timeFactor } = this.#options.mechanics;
    const awayMs = pathTimesMs.softwareReset * timeFactor;
    if (awayMs === 0) return;
    this.away = true;
    clock.sleep(awayMs, this.#closing.signal).then(() => { this.away = false; }, () => { this.away = true; });
  }
}

function errorAnswer(id: string, { code, message }: EspfError): EspfAnswer {
  return { id, error: { code, message } };
}

/** Waits until the client has closed; one that was not answered is let go when it gives up. */
async function closed(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  await new Promise<void>((resolve) => {
    socket.once('close', () => { resolve(); });
    if (socket.writableEnded) return;
    if (socket.readableEnded) socket.destroy();
    else socket.once('end', () => { socket.destroy(); });
  });
}

/** The first object that a client sends, or null when it sends something else or hangs up before. */
async function firstObject(socket: Socket): Promise<string | null> {
  const collector = new JsonObjectCollector();
  return new Promise((resolve) => {
    const take = (chunk: Uint8Array): void => {
      const progress = collector.push(chunk);
      if (progress.kind === 'incomplete') return;
      socket.off('data', take);
      resolve(progress.kind === 'object' ? progress.text : null);
    };
    socket.on('data', take);
    socket.once('end', () => { resolve(null); });
    socket.once('close', () => { resolve(null); });
  });
}
