import { connect, type Socket } from 'node:net';
import { systemClock, within, type Clock, type Wait } from '../../drivers/contracts/clock.ts';
import { isFaultCode, StationFault } from '../../drivers/contracts/fault.ts';
import type { ControlAct, ControlAnswer, ControlRequest, ControlResults } from './control-protocol.ts';

/** A person's way to a running machine. One request at a time is answered; more wait their turn. */
export interface Control extends AsyncDisposable {
  /** Throws `SIM-INVALID` for what cannot be done, `LNK-CLOSED` when the machine ended, `LNK-TIMEOUT`. */
  ask<A extends ControlAct>(request: Extract<ControlRequest, { do: A }>, limit?: Wait): Promise<ControlResults[A]>;
}

const defaultTimeoutMs = 30_000;

/** Connects to the control socket of a machine (`MachineEndpoints.controlSocket`). Throws `LNK-REFUSED` when none answers there. */
export async function openControl(socketPath: string, clock: Clock = systemClock): Promise<Control> {
  const socket = connect(socketPath);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (error) => reject(new StationFault('LNK-REFUSED', { note: error.message }, error)));
  });
  return new SocketControl(socket, clock);
}

interface Waiting {
  readonly resolve: (answer: ControlAnswer) => void;
  readonly reject: (fault: StationFault) => void;
}

class SocketControl implements Control {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #waiting: Waiting[] = [];
  #pending = '';
  #closed = false;

  constructor(socket: Socket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => this.#take(chunk));
    socket.on('error', () => undefined); // 'close' follows
    socket.once('close', () => this.#end());
  }

  async ask<A extends ControlAct>(request: Extract<ControlRequest, { do: A }>, limit?: Wait): Promise<ControlResults[A]> {
    const wait = limit ?? { signal: new AbortController().signal, timeoutMs: defaultTimeoutMs };
    const answer = await within(this.#clock, wait, async () => this.#exchange(request));
    if (answer.ok) return answer.result as ControlResults[A];
    const { code, field, note } = answer;
    throw new StationFault(isFaultCode(code) ? code : 'STA-BUG', { field, note });
  }

  #exchange(request: ControlRequest): Promise<ControlAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new StationFault('LNK-CLOSED', { note: 'the machine ended' }));
      this.#waiting.push({ resolve, reject });
      this.#socket.write(`${JSON.stringify(request)}\n`);
    });
  }

  #take(chunk: string): void {
    const lines = `${this.#pending}${chunk}`.split('\n');
    this.#pending = lines.pop() ?? '';
    for (const line of lines) this.#waiting.shift()?.resolve(JSON.parse(line) as ControlAnswer);
  }

  #end(): void {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(new StationFault('LNK-CLOSED', { note: 'the machine ended' }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    const closed = new Promise((resolve) => this.#socket.once('close', resolve));
    this.#socket.destroy();
    await closed;
  }
}
