import type { Duplex } from 'node:stream';
import { MagicardStreamParser, type MagicardFrame } from '../../drivers/codec/magicard-stream-parser.ts';
import { writeStatus } from '../../drivers/codec/magicard-status.ts';
import { strike, type PathFault } from '../machine/card-path-faults.ts';
import type { Mechanics } from '../machine/card-path-mechanics.ts';
import { pathTimesMs } from '../machine/card-path-times.ts';
import { singleValue, statusOf, type MagicardIdentity } from './magicard-answers.ts';
import { MagicardEngine } from './magicard-engine.ts';
import type { PrinterFront } from './printer-front.ts';
import { TcpListener } from './tcp-listener.ts';

export interface MagicardFrontOptions<Card> {
  readonly mechanics: Mechanics<Card>;
  readonly identity: MagicardIdentity;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Called for each whole side that came, whether it is printed or refused. */
  readonly onSide?: (inks: readonly string[], accepted: boolean) => void;
}

/** Opens a Magicard on TCP in front of the mechanics. Throws `SIM-INVALID` when the address cannot be listened on. */
export async function openMagicardFront<Card>(options: MagicardFrontOptions<Card>): Promise<PrinterFront> {
  const firmware = new MagicardFirmware(options);
  const listener = new TcpListener({ host: options.host, port: options.port, converse: async (socket) => firmware.converse(socket), admits: () => !firmware.away });
  await listener.listen();
  return {
    host: listener.host,
    port: listener.port,
    async [Symbol.asyncDispose]() {
      await listener[Symbol.asyncDispose]();
      await firmware.close();
    },
  };
}

class MagicardFirmware<Card> {
  readonly #options: MagicardFrontOptions<Card>;
  readonly #engine: MagicardEngine<Card>;
  readonly #streams = new Set<Duplex>();
  readonly #closing = new AbortController();
  away = false;

  constructor(options: MagicardFrontOptions<Card>) {
    this.#options = options;
    this.#engine = new MagicardEngine(options.mechanics, options.identity.duplex);
  }

  async converse(stream: Duplex): Promise<void> {
    const parser = new MagicardStreamParser();
    this.#streams.add(stream);
    try {
      for await (const chunk of stream) {
        for (const frame of parser.push(chunk as Uint8Array)) {
          if (!this.#serve(stream, frame)) return;
        }
        if (stream.writableNeedDrain) await new Promise<void>((resolve) => { stream.once('drain', resolve).once('close', () => { resolve(); }); });
      }
      stream.end();
    } finally {
      this.#streams.delete(stream);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#engine.idle();
  }

  /** False when the host was hung up on. What is no command or job is not answered: the language has no word for it. */
  #serve(stream: Duplex, frame: MagicardFrame): boolean {
    switch (frame.kind) {
      case 'error': return true;
      case 'plane':
        if (!this.#strike('panel').includes('connection-cut')) return true;
        stream.destroy();
        return false;
      case 'side': {
        const due = [...this.#strike('act'), ...this.#strike('command:JOB')];
        if (due.includes('reboot')) return this.#restart();
        const accepted = this.#engine.accept(frame.side);
        this.#options.onSide?.(Object.keys(frame.side.planes), accepted);
        return true;
      }
      case 'command': return this.#command(stream, frame.words);
    }
  }

  #command(stream: Duplex, words: readonly string[]): boolean {
    const name = words[0] === 'REQ' ? words[1] ?? '' : words[0] ?? '';
    const due = new Set([...this.#strike(`command:${name}`), ...(words[0] === 'REQ' ? [] : this.#strike('act'))]);
    if (due.has('reboot')) return this.#restart();
    const answer = this.#answer(name, words);
    if (answer === null || due.has('no-answer') || !stream.writable) return true;
    stream.write(due.has('half-answer') ? answer.subarray(0, answer.length >> 1) : answer);
    return true;
  }

  #answer(name: string, words: readonly string[]): Uint8Array | null {
    const { mechanics, identity } = this.#options;
    const status = statusOf(mechanics.holder.path, identity, this.#engine.errorNumber);
    switch (name) {
      case 'INF': return writeStatus(status);
      case 'STA': {
        const key = words[2] ?? '';
        const value = singleValue(status, key);
        return value === null ? null : Buffer.from(`\x01STA,${key}${value},\x03`, 'latin1');
      }
      case 'EJT': this.#engine.eject(); return null;
      case 'CLN': this.#engine.clean(); return null;
      case 'OKY': this.#engine.retry(); return null;
      case 'CAN': this.#engine.cancel(); return null;
      case 'RST': this.#restart(); return null;
      default: return null;
    }
  }

  #strike(trigger: string): readonly PathFault[] {
    const { holder } = this.#options.mechanics;
    const { plan, due } = strike(holder.path.faults, trigger);
    if (plan.armed.length > 0 || due.length > 0) holder.update((path) => ({ ...path, faults: plan }));
    return due;
  }

  /** The printer starts anew: jobs that wait and connections are lost; a card inside stays there. */
  #restart(): false {
    this.#engine.restart();
    for (const stream of this.#streams) stream.destroy();
    const { clock, timeFactor } = this.#options.mechanics;
    const awayMs = pathTimesMs.softwareReset * timeFactor;
    if (awayMs === 0) return false;
    this.away = true;
    clock.sleep(awayMs, this.#closing.signal).then(() => { this.away = false; }, () => { this.away = true; });
    return false;
  }
}
