import { parseResponse } from '../codec/apdu.ts';
import { loadKey, loadKeyAnswer, type KeySlot } from '../codec/mifare-pcsc.ts';
import { describeStatusWord } from '../codec/status-word.ts';
import type { ApduChannel } from '../contracts/channel.ts';
import type { Wait } from '../contracts/clock.ts';
import { StationFault } from '../contracts/fault.ts';
import type { Secret } from '../contracts/secret.ts';
import type { ReaderKeyPlace, ReaderProfile } from './reader-profiles.ts';

interface LoadedKey {
  readonly place: ReaderKeyPlace;
  readonly key: Secret;
}

/**
 * The key memory of a reader as this session has filled it. A key that is already there is not loaded again: many
 * readers keep keys in EEPROM, which wears (cards.md 1.3). The session holds the card and with it the reader alone.
 */
export class ReaderKeyMemory implements Disposable {
  readonly #channel: ApduChannel;
  #profiles: readonly [ReaderProfile, ...ReaderProfile[]];
  readonly #loaded = new Map<number, LoadedKey>();
  readonly #start: number;
  #turn = 0;

  /** `start` says at which place the turns begin; it should differ from card to card. */
  constructor(channel: ApduChannel, profiles: readonly [ReaderProfile, ...ReaderProfile[]], start: number) {
    this.#channel = channel;
    this.#profiles = profiles;
    this.#start = start;
  }

  /**
   * Makes sure that a key is in the reader, and gives the number that authentication names it by. `fresh` is false when an
   * earlier load is relied on. Throws `LNK-PROTOCOL` when no place takes keys.
   */
  async place(key: Secret, type: KeySlot, frequent: boolean, limit: Wait): Promise<{ readonly place: ReaderKeyPlace; readonly fresh: boolean }> {
    for (const { place, key: held } of this.#loaded.values()) if (serves(place, type) && held.equals(key)) return { place, fresh: false };
    return { place: await this.#load(key, type, frequent, limit), fresh: true };
  }

  /** Forgets what a place holds, so that its key is loaded again. */
  forget(place: ReaderKeyPlace): void {
    this.#loaded.get(place.slot)?.key.wipe();
    this.#loaded.delete(place.slot);
  }

  [Symbol.dispose](): void {
    for (const { place } of [...this.#loaded.values()]) this.forget(place);
  }

  /** The family that the reader proved to be of; before the first key, the likeliest. */
  get profile(): ReaderProfile {
    return this.#profiles[0];
  }

  async #load(key: Secret, type: KeySlot, frequent: boolean, limit: Wait): Promise<ReaderKeyPlace> {
    const refusals: string[] = [];
    for (const profile of this.#profiles) {
      const place = this.#nextPlace(profile, type, frequent);
      this.forget(place);
      const sw = await this.#send(place, key, limit);
      if (loadKeyAnswer(sw) === 'ok') {
        this.#profiles = [profile];
        this.#loaded.set(place.slot, { place, key: key.copy() });
        return place;
      }
      refusals.push(`${profile.family}: ${describeStatusWord(sw)}`);
    }
    throw new StationFault('LNK-PROTOCOL', { note: `the reader takes no key (${refusals.join('; ')})` });
  }

  #nextPlace(profile: ReaderProfile, type: KeySlot, frequent: boolean): ReaderKeyPlace {
    if (!frequent && profile.changing !== undefined) return profile.changing;
    const fitting = profile.places.filter((place) => serves(place, type));
    const at = this.#start % Math.max(1, fitting.length);
    const [first, ...others] = [...fitting.slice(at), ...fitting.slice(0, at)];
    if (first === undefined) throw new StationFault('STA-BUG', { note: `${profile.family} has no place for key ${type}` });
    if (frequent || others.length === 0) return first;
    this.#turn += 1;
    return others[this.#turn % others.length] ?? first;
  }

  async #send(place: ReaderKeyPlace, key: Secret, limit: Wait): Promise<number> {
    const command = key.use((bytes) => loadKey(place, bytes));
    try {
      return parseResponse(await this.#channel.transmit(command, limit)).sw;
    } finally {
      command.fill(0);
    }
  }
}

function serves(place: ReaderKeyPlace, type: KeySlot): boolean {
  return place.onlyFor === undefined || place.onlyFor === type;
}
