import { connect, type Socket } from 'node:net';
import { systemClock, type Clock } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { SimulatedChip } from '../card/simulated-chip.ts';
import { encodeAnswer, MAX_ANSWER_BYTES, VpcdFrames, type VpcdRequest } from './vpcd-frames.ts';

export interface VpcdSlotOptions {
  readonly host?: string;
  /** The slot's TCP port: vpcd's CHANNELID, and one more for each further slot. */
  readonly port: number;
  readonly clock?: Clock;
  /** Called before the chip gets a command; may change the ailment or pull the card out. */
  readonly beforeCommand?: () => void;
  /** Called after each command before its answer goes out: the moment to keep what the chip has written. */
  readonly beforeAnswer?: () => void;
  /** Called when a chip breaks the rules of a slot (an answer too long); the reader sees 6F00. */
  readonly onTrouble?: (fault: StationFault) => void;
}

/** How a card in the slot misbehaves: `mute` never answers a command. */
export type SlotAilment = 'none' | 'mute';

/** What is wrong with the next answer only: late by `slowMs`, its first byte missing, or 6F00 instead of the command being done. */
export type AnswerMishap = 'none' | 'slow' | 'short' | '6f00';

/** How late a slow answer comes. */
export const slowMs = 2_000;

/**
 * A card service looks for a card every 400 ms. A card that is changed faster than that is taken for the same one and
 * never powered, so a slot stays empty this long.
 */
const emptyMs = 450;
/** Between two tries to reach a card service that is not there. */
const reconnectMs = 100;
/**
 * The end of an answer's length, with no answer after it: the reader sees an empty answer. A connection that ends
 * between the two bytes of a length makes vpcd 3.3 read through a null pointer.
 */
const cutOff = Uint8Array.of(2);
const unknownError = Uint8Array.of(0x6f, 0x00);

/**
 * One slot of a virtual reader: a TCP client to pcscd's vpcd driver. A chip in the slot is a connection; without one
 * the slot is empty. While a chip is in, the slot finds the card service again when that was started anew.
 */
export class VpcdSlot implements AsyncDisposable {
  readonly #options: VpcdSlotOptions;
  readonly #clock: Clock;
  #stay: SlotStay | null = null;
  #emptySince = -Infinity;
  ailment: SlotAilment = 'none';
  nextAnswer: AnswerMishap = 'none';

  constructor(options: VpcdSlotOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  get chip(): SimulatedChip | null {
    return this.#stay?.chip ?? null;
  }

  /** Puts a chip in. Throws `SIM-INVALID` when the slot is taken. */
  insert(chip: SimulatedChip): void {
    if (this.#stay !== null) throw new StationFault('SIM-INVALID', { field: 'slot', note: 'there is a card in it' });
    const waitMs = Math.max(0, this.#emptySince + emptyMs - this.#clock.steady());
    this.#stay = new SlotStay(chip, this.#options, this.#clock, () => this.ailment, () => this.#takeMishap());
    this.#stay.begin(waitMs);
  }

  /** Pulls the card out; an exchange under way gets no answer. Quiet when the slot is empty. */
  remove(): void {
    if (this.#stay === null) return;
    if (this.#stay.end()) this.#emptySince = this.#clock.steady();
    this.#stay = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.remove();
  }

  #takeMishap(): AnswerMishap {
    const mishap = this.nextAnswer;
    this.nextAnswer = 'none';
    return mishap;
  }
}

interface Answer {
  readonly bytes: Uint8Array;
  readonly lateMs: number;
}

/** One chip's time in the slot. */
class SlotStay {
  readonly chip: SimulatedChip;
  readonly #options: VpcdSlotOptions;
  readonly #clock: Clock;
  readonly #ailment: () => SlotAilment;
  readonly #takeMishap: () => AnswerMishap;
  readonly #over = new AbortController();
  #socket: Socket | null = null;
  #mayBeSeen = false;
  #earlySent = false;

  constructor(chip: SimulatedChip, options: VpcdSlotOptions, clock: Clock, ailment: () => SlotAilment, takeMishap: () => AnswerMishap) {
    this.chip = chip;
    this.#options = options;
    this.#clock = clock;
    this.#ailment = ailment;
    this.#takeMishap = takeMishap;
  }

  begin(waitMs: number): void {
    void this.#connectAfter(waitMs);
  }

  /** Gives whether the reader can have seen the chip. */
  end(): boolean {
    this.#over.abort();
    this.chip.powerOff();
    if (this.#earlySent) this.#socket?.end(cutOff);
    else this.#socket?.destroy();
    return this.#mayBeSeen;
  }

  async #connectAfter(waitMs: number): Promise<void> {
    try {
      if (waitMs > 0) await this.#clock.sleep(waitMs, this.#over.signal);
    } catch {
      return; // taken out before it was seen
    }
    const socket = connect({ host: this.#options.host ?? '127.0.0.1', port: this.#options.port, noDelay: true });
    this.#socket = socket;
    this.#mayBeSeen = true;
    this.#converse(socket);
    socket.on('error', () => undefined); // 'close' follows and tries again
    socket.once('close', () => {
      if (this.#over.signal.aborted) return;
      this.chip.powerOff();
      void this.#connectAfter(reconnectMs);
    });
  }

  #converse(socket: Socket): void {
    const frames = new VpcdFrames();
    this.#earlySent = false;
    socket.on('data', (chunk) => {
      for (const request of frames.push(chunk)) {
        if (this.#over.signal.aborted) return;
        const answer = this.#answer(request);
        if (this.#over.signal.aborted) return;
        if (answer !== null) this.#send(socket, answer);
      }
      if (frames.awaitsCommand && !this.#earlySent && !this.#over.signal.aborted) {
        this.#earlySent = true;
        socket.write(Uint8Array.of(0));
      }
    });
  }

  #send(socket: Socket, { bytes, lateMs }: Answer): void {
    if (lateMs > 0) {
      // The reader waits for this answer and sends nothing meanwhile.
      this.#clock.sleep(lateMs, this.#over.signal).then(() => this.#send(socket, { bytes, lateMs: 0 }), () => undefined);
      return;
    }
    socket.write(encodeAnswer(bytes, this.#earlySent));
    this.#earlySent = false;
  }

  /** Null where the protocol, or the ailment, gives no answer. */
  #answer(request: VpcdRequest): Answer | null {
    switch (request.kind) {
      case 'off':
        this.chip.powerOff();
        return null;
      case 'on':
      case 'reset':
        this.chip.reset();
        return null;
      case 'atr':
        return { bytes: this.chip.atr, lateMs: 0 };
      case 'apdu':
        this.#options.beforeCommand?.();
        if (this.#over.signal.aborted || this.#ailment() === 'mute') return null;
        return this.#mishap(request.command);
    }
  }

  #mishap(command: Uint8Array): Answer {
    const mishap = this.#takeMishap();
    if (mishap === '6f00') return { bytes: unknownError, lateMs: 0 };
    const bytes = this.#exchange(command);
    return { bytes: mishap === 'short' ? bytes.subarray(1) : bytes, lateMs: mishap === 'slow' ? slowMs : 0 };
  }

  #exchange(command: Uint8Array): Uint8Array {
    const answer = this.chip.transmit(command);
    this.#options.beforeAnswer?.();
    if (answer.length >= 2 && answer.length <= MAX_ANSWER_BYTES) return answer;
    this.#options.onTrouble?.(new StationFault('SIM-INVALID', { field: 'chip', note: `an answer of ${answer.length} bytes` }));
    return unknownError;
  }
}
