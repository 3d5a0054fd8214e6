import type { Duplex } from 'node:stream';
import { answerEnd } from '../../drivers/codec/evolis-answer.ts';
import { EvolisCommandParser, type ParsedFrame } from '../../drivers/codec/evolis-command-parser.ts';
import type { EvolisCommand } from '../../drivers/codec/evolis-frame.ts';
import { rasterSize } from '../../drivers/codec/evolis-geometry.ts';
import { strike, type PathFault } from '../machine/card-path-faults.ts';
import type { Mechanics } from '../machine/card-path-mechanics.ts';
import { pathTimesMs } from '../machine/card-path-times.ts';
import { actingCommands, EscapeInterpreter } from './escape-interpreter.ts';
import type { PrinterIdentity } from './printer-identity.ts';

export interface EscapeFirmwareOptions<Card> {
  /** The printer's inside, shared with whoever else acts on it. */
  readonly mechanics: Mechanics<Card>;
  readonly identity: PrinterIdentity;
  /** Called when a host names a ribbon (`Pr`), before the answer. */
  readonly onRibbonNamed?: (ribbon: string) => void;
  /** Called after each command with its answer; null when none was sent. */
  readonly onCommand?: (command: EvolisCommand, answer: string | null) => void;
  /** How an answer stands on the wire; its text and CR unless given. */
  readonly writeAnswer?: (answer: string) => Uint8Array;
}

type Conversation = 'goes-on' | 'hung-up';

const plainAnswer = (answer: string): Uint8Array => Buffer.from(`${answer}${answerEnd}`, 'latin1');

/** The firmware behind any number of byte streams: one command at a time, whoever sent it. */
export class EscapeFirmware<Card> {
  readonly #options: EscapeFirmwareOptions<Card>;
  readonly #writeAnswer: (answer: string) => Uint8Array;
  readonly #interpreter: EscapeInterpreter<Card>;
  readonly #streams = new Set<Duplex>();
  readonly #closing = new AbortController();
  #turn: Promise<unknown> = Promise.resolve();
  #lastAnswer = 'OK';
  /** Whether the printer is restarting and answers nobody. */
  away = false;

  constructor(options: EscapeFirmwareOptions<Card>) {
    this.#options = options;
    this.#writeAnswer = options.writeAnswer ?? plainAnswer;
    this.#interpreter = new EscapeInterpreter({
      mechanics: options.mechanics,
      identity: options.identity,
      onRibbonNamed: (ribbon) => options.onRibbonNamed?.(ribbon),
    });
  }

  /** Reads a host until it hangs up; the next bytes are read when the commands before them are done and their answers taken. */
  async converse(stream: Duplex): Promise<void> {
    const parser = new EvolisCommandParser(rasterSize(this.#options.identity.raster));
    this.#streams.add(stream);
    try {
      for await (const chunk of stream) {
        for (const frame of parser.push(chunk as Uint8Array)) {
          if ((await this.#inTurn(async () => this.#serve(stream, frame))) === 'hung-up') return;
          if (stream.writableNeedDrain) await drained(stream);
        }
      }
      stream.end();
    } finally {
      this.#streams.delete(stream);
    }
  }

  /** Lets nobody in any more and waits until what was begun is finished. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#turn;
    await this.#options.mechanics.idle();
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #serve(stream: Duplex, frame: ParsedFrame): Promise<Conversation> {
    if (frame.kind === 'download') {
      if (!this.#strike('panel').includes('connection-cut')) return 'goes-on';
      stream.destroy();
      return 'hung-up';
    }
    if (frame.kind === 'error') {
      this.#say(stream, frame.error === 'bad-download' ? 'ERROR PARAMETRES' : 'ERROR CDE');
      return 'goes-on';
    }
    const { command } = frame;
    if (command.name === 'Srs') {
      this.#options.onCommand?.(command, null);
      return this.#restart();
    }
    const due = [...this.#strike(`command:${command.name}`), ...(actingCommands.has(command.name) ? this.#strike('act') : [])];
    const answer = refusedBy(due) ?? (await this.#interpreter.execute(command));
    if (due.includes('taken-by-another')) await this.#options.mechanics.perform({ kind: 'leave', to: 'output' });
    return this.#reply(stream, command, due.includes('ribbon-count-ok') ? 'OK' : answer, due);
  }

  #reply(stream: Duplex, command: EvolisCommand, answer: string, due: readonly PathFault[]): Conversation {
    const silent = due.includes('no-answer') || due.includes('reboot');
    this.#options.onCommand?.(command, silent ? null : answer);
    if (due.includes('reboot')) return this.#restart();
    if (due.includes('half-answer')) this.#write(stream, this.#half(answer));
    else if (due.includes('stale-answer')) this.#write(stream, Buffer.concat([this.#writeAnswer(this.#lastAnswer), this.#writeAnswer(answer)]));
    else if (!silent) this.#say(stream, answer);
    this.#lastAnswer = answer;
    return 'goes-on';
  }

  #half(answer: string): Uint8Array {
    const whole = this.#writeAnswer(answer);
    return whole.subarray(0, Math.ceil((whole.length - 1) / 2));
  }

  #say(stream: Duplex, answer: string): void {
    this.#write(stream, this.#writeAnswer(answer));
  }

  #write(stream: Duplex, bytes: Uint8Array): void {
    if (stream.writable) stream.write(bytes);
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
    for (const stream of this.#streams) stream.destroy();
    const { clock, timeFactor } = this.#options.mechanics;
    const awayMs = pathTimesMs.softwareReset * timeFactor;
    if (awayMs === 0) return 'hung-up';
    this.away = true;
    clock.sleep(awayMs, this.#closing.signal).then(() => { this.away = false; }, () => { this.away = true; });
    return 'hung-up';
  }
}

/** The answer of a fault that keeps a command from being carried out; null when none does. */
function refusedBy(due: readonly PathFault[]): string | null {
  if (due.includes('insertion-refused')) return 'ERROR';
  return due.includes('magnetic-refused') ? 'ERROR MAG' : null;
}

/** Resolves when the host has taken what was written for it, or is gone. */
async function drained(stream: Duplex): Promise<void> {
  await new Promise<void>((resolve) => {
    stream.once('drain', resolve);
    stream.once('close', () => { resolve(); });
  });
}
