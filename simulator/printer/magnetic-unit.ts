import type { Mechanics } from '../machine/card-path-mechanics.ts';
import type { TrackTexts } from '../machine/card-path-marks.ts';
import { trackTrouble, type TrackNumber } from '../../drivers/codec/magnetic-track.ts';

/** The magnetic head and its memories: tracks to be written, and those that were read last. */
export class MagneticUnit<Card> {
  readonly #mechanics: Mechanics<Card>;
  #toWrite: TrackTexts = {};
  #read: TrackTexts | null = null;

  constructor(mechanics: Mechanics<Card>) {
    this.#mechanics = mechanics;
  }

  restart(): void {
    this.#toWrite = {};
    this.#read = null;
  }

  /** `Dm;track;text`: fills the memory of a track. */
  load(params: readonly string[]): string {
    const [track = '', ...rest] = params;
    const number = trackNumber(track);
    if (number === null) return 'ERROR PARAMETRES';
    const text = rest.join(';');
    if (trackTrouble(number, text) !== null) return 'ERROR MAG DATA';
    this.#toWrite = { ...this.#toWrite, [number]: text };
    return 'OK';
  }

  /** `Smw`: writes the loaded tracks on the card inside. */
  async write(): Promise<string> {
    if (Object.keys(this.#toWrite).length === 0) return 'ERROR MAG DATA';
    const outcome = await this.#mechanics.perform({ kind: 'magnetise', tracks: this.#toWrite });
    if (!outcome.done) return outcome.refusal === 'no-card' ? 'ERROR' : 'ERROR MAG';
    this.#toWrite = {};
    return 'OK';
  }

  /** `Smr`: reads the card inside past the head; an empty stripe is an error. */
  async read(): Promise<string> {
    const outcome = await this.#mechanics.perform({ kind: 'magnetise', tracks: {} });
    if (!outcome.done || outcome.event.kind !== 'magnetised') return 'ERROR';
    this.#read = outcome.event.tracks;
    return Object.keys(this.#read).length === 0 ? 'ERROR MAG' : 'OK';
  }

  /** `Rmb;n`: the text of a track that was read. */
  text(param: string): string {
    const number = trackNumber(param);
    if (number === null) return 'ERROR PARAMETRES';
    return this.#read?.[number] ?? 'ERROR MAG';
  }
}

function trackNumber(text: string): TrackNumber | null {
  if (text === '1') return 1;
  if (text === '2') return 2;
  return text === '3' ? 3 : null;
}
