import { parseResponse } from '../codec/apdu.ts';
import { loadKey, loadKeyAnswer, type KeyPlace } from '../codec/mifare-pcsc.ts';
import { describeStatusWord } from '../codec/status-word.ts';
import type { ApduChannel } from '../contracts/channel.ts';
import type { Wait } from '../contracts/clock.ts';
import { StationFault } from '../contracts/fault.ts';
import type { Secret } from '../contracts/secret.ts';
import type { ReaderProfile } from './reader-profiles.ts';

interface LoadedKey {
  readonly place: KeyPlace;
  readonly key: Secret;
}

/**
 * The key memory of a reader as this session has filled it. A key that is already there is not loaded again: many
 * readers keep keys in EEPROM, which wears (cards.md 1.3). The session holds the card and with it the reader alone.
 */
export class ReaderKeyMemory implements Disposable {
  readonly #channel: ApduChannel;
  #profiles: readonly [ReaderProfile, ...ReaderProfile[]];
  #settled = false;
  readonly #loaded = new Map<number, LoadedKey>();
  #turn = 0;

  constructor(channel: ApduChannel, profiles: readonly [ReaderProfile, ...ReaderProfile[]]) {
    this.#channel = channel;
    this.#profiles = profiles;
  }

  /** Makes sure that a key is in the reader. `fresh` is false when an earlier load is relied on. Throws `LNK-PROTOCOL` when no place takes keys. */
  async place(key: Secret, frequent: boolean, limit: Wait): Promise<{ readonly slot: number; readonly fresh: boolean }> {
    for (const [slot, entry] of this.#loaded) if (entry.key.equals(key)) return { slot, fresh: false };
    return { slot: (await this.#load(key, frequent, limit)).slot, fresh: true };
  }

  /** Forgets a slot, so that its key is loaded again. */
  forget(slot: number): void {
    this.#loaded.get(slot)?.key.wipe();
    this.#loaded.delete(slot);
  }

  [Symbol.dispose](): void {
    for (const slot of [...this.#loaded.keys()]) this.forget(slot);
  }

  async #load(key: Secret, frequent: boolean, limit: Wait): Promise<KeyPlace> {
    const refusals: string[] = [];
    for (const profile of this.#profiles) {
      const place = this.#nextPlace(profile, frequent);
      const sw = await this.#send(place, key, limit);
      if (loadKeyAnswer(sw) === 'ok') {
        if (!this.#settled) this.#profiles = [profile];
        this.#settled = true;
        this.forget(place.slot);
        this.#loaded.set(place.slot, { place, key: key.copy() });
        return place;
      }
      refusals.push(`${profile.family}: ${describeStatusWord(sw)}`);
    }
    throw new StationFault('LNK-PROTOCOL', { note: `the reader takes no key (${refusals.join('; ')})` });
  }

  #nextPlace(profile: ReaderProfile, frequent: boolean): KeyPlace {
    const [first, second, ...rest] = profile.places;
    if (frequent) return first;
    const others = [second, ...rest];
    this.#turn += 1;
    return others[this.#turn % others.length] ?? second;
  }

  async #send(place: KeyPlace, key: Secret, limit: Wait): Promise<number> {
    const command = key.use((bytes) => loadKey(place, bytes));
    try {
      return parseResponse(await this.#channel.transmit(command, limit)).sw;
    } finally {
      command.fill(0);
    }
  }
}
