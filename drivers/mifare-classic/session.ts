import { parseResponse, type ResponseApdu } from '../codec/apdu.ts';
import { MIFARE_BLOCK_BYTES, trailerBlock } from '../codec/mifare-layout.ts';
import { authenticate, cardAnswer, readBlock, writeBlock, type KeySlot, type StorageCardAnswer } from '../codec/mifare-pcsc.ts';
import { decodeValueBlock, type ValueBlock } from '../codec/mifare-value.ts';
import { valueCommand, valueCopyCommand, type ValueOperation } from '../codec/mifare-value-apdu.ts';
import { describeStatusWord } from '../codec/status-word.ts';
import type { ApduChannel } from '../contracts/channel.ts';
import type { Wait } from '../contracts/clock.ts';
import { StationFault } from '../contracts/fault.ts';
import type { Secret } from '../contracts/secret.ts';
import { readChipUid } from './chip-uid.ts';
import type { MifareCard } from './job.ts';
import { ReaderKeyMemory } from './key-memory.ts';
import { readerProfiles } from './reader-profiles.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();

/** How sure a try is meant: `first` may be repeated after the key was loaded again or the card selected again. */
type Try = 'first' | 'last';

/**
 * A MIFARE Classic chip spoken to through a PC/SC reader: authenticate a sector, read and write its blocks. Knows what
 * readers do differently, tells a wrong key from a lost card, and brings the card back after a refusal. Every exchange
 * is bounded by the wait given at opening. Disposing wipes the copies of keys that were loaded into the reader.
 */
export class MifareSession implements Disposable {
  /** UID as the reader gives it, 4 or 7 bytes. */
  readonly uid: Uint8Array;
  readonly #channel: ApduChannel;
  readonly #limit: Wait;
  readonly #keys: ReaderKeyMemory;

  constructor(channel: ApduChannel, keys: ReaderKeyMemory, uid: Uint8Array, limit: Wait) {
    this.#channel = channel;
    this.#keys = keys;
    this.uid = uid;
    this.#limit = limit;
  }

  /** Authenticates a sector. False: the key does not open it. `frequent` marks the key that comes back all the time. */
  async authenticate(sector: number, type: KeySlot, key: Secret, frequent = false): Promise<boolean> {
    return this.#authenticate(sector, type, key, frequent, 'first');
  }

  /** Reads a block of the authenticated sector, 16 bytes. Null: the access conditions refuse it; the sector is closed then. */
  async read(block: number): Promise<Uint8Array | null> {
    const response = await this.#exchange(readBlock(block));
    const answer = cardAnswer(response.sw);
    if (answer === 'ok' && response.data.length === MIFARE_BLOCK_BYTES) return Uint8Array.from(response.data);
    if (answer === 'ok') throw new StationFault('LNK-PROTOCOL', { note: `block ${block} came with ${response.data.length} bytes` });
    await this.#afterRefusal(answer, response.sw, `read block ${block}`);
    return null;
  }

  /** Writes a whole block of the authenticated sector. False: the chip refused or could not. The command is wiped: trailers carry keys. */
  async write(block: number, data: Uint8Array): Promise<boolean> {
    const command = writeBlock(block, data);
    try {
      const { sw } = await this.#exchange(command);
      const answer = cardAnswer(sw);
      if (answer === 'ok') return true;
      await this.#afterRefusal(answer, sw, `write block ${block}`);
      return false;
    } finally {
      command.fill(0);
    }
  }

  /** Reads a value block of the authenticated sector. Null: it may not be read, or its copies disagree. */
  async readValue(block: number): Promise<ValueBlock | null> {
    const bytes = await this.read(block);
    return bytes === null ? null : decodeValueBlock(bytes);
  }

  /**
   * Adds to or takes from a value block of the authenticated sector and proves the result. Null: the access conditions
   * refuse it, or it is no value block. Not repeatable: after a lost answer read the value first. Throws `ENC-VERIFY`
   * when the value is not what it must be (a reader that exchanges the two), `LNK-PROTOCOL` when no command for values
   * is known for this reader or the reader knows none of them, `RangeError` for an amount outside 1 to 2^31 - 1.
   */
  async changeValue(block: number, operation: ValueOperation, amount: number): Promise<ValueBlock | null> {
    const before = await this.readValue(block);
    if (before === null) return null;
    const { family, values } = this.#keys.profile;
    for (const dialect of values) {
      const { sw } = await this.#exchange(valueCommand(dialect, { operation, block, amount }));
      const answer = cardAnswer(sw);
      if (answer === 'unsupported') continue;
      if (answer !== 'ok') {
        await this.#afterRefusal(answer, sw, `${operation} block ${block}`);
        return null;
      }
      const expected = (before.value + (operation === 'increment' ? amount : -amount)) | 0;
      const after = await this.readValue(block);
      if (after?.value !== expected) throw new StationFault('ENC-VERIFY', { note: `block ${block}: ${operation} by the ${dialect} command went wrong`, data: { block } });
      return after;
    }
    throw new StationFault('LNK-PROTOCOL', { note: `${family}: no command changes a value` });
  }

  /**
   * Copies a value block to another block of the authenticated sector and proves the copy. Repeatable. Null: the access
   * conditions refuse it, or the source is no value block. Throws `LNK-PROTOCOL`, before anything is sent, when no command
   * is known for this reader's family, `ENC-VERIFY` when the copy is not what it must be.
   */
  async copyValue(from: number, to: number): Promise<ValueBlock | null> {
    const { family, values } = this.#keys.profile;
    const copy = values.map((dialect) => valueCopyCommand(dialect, { from, to })).find((command) => command !== null);
    if (copy == null) throw new StationFault('LNK-PROTOCOL', { note: `${family}: no command copies a value` });
    const source = await this.readValue(from);
    if (source === null) return null;
    const { sw } = await this.#exchange(copy);
    const answer = cardAnswer(sw);
    if (answer !== 'ok') {
      await this.#afterRefusal(answer, sw, `copy value block ${from} to ${to}`);
      return null;
    }
    const copied = await this.readValue(to);
    if (copied?.value !== source.value) throw new StationFault('ENC-VERIFY', { note: `block ${to} does not hold the value of block ${from}`, data: { block: to } });
    return copied;
  }

  [Symbol.dispose](): void {
    this.#keys[Symbol.dispose]();
  }

  async #authenticate(sector: number, type: KeySlot, key: Secret, frequent: boolean, attempt: Try): Promise<boolean> {
    const { place, fresh } = await this.#keys.place(key, type, frequent, this.#limit);
    const { sw } = await this.#exchange(authenticate(trailerBlock(sector), type, place.number, place.typeByte));
    const answer = cardAnswer(sw);
    if (answer === 'ok') return true;
    await this.#afterRefusal(answer, sw, `authenticate sector ${sector}`);
    const silent = answer === 'card-silent';
    if (attempt === 'last') {
      if (silent) throw new StationFault('ENC-MUTE', { note: `authenticate sector ${sector}: ${describeStatusWord(sw)}` });
      return false;
    }
    if (fresh && !silent) return false;
    this.#keys.forget(place);
    return this.#authenticate(sector, type, key, frequent, 'last');
  }

  /**
   * A refused chip is halted and must be selected again; asking for the UID makes a reader do so, and tells a refusal from
   * a card that has gone (cards.md 1.2). Throws `LNK-CARD-GONE` when the card, or this card, is no longer there, and
   * `LNK-PROTOCOL` for an answer that no card gives.
   */
  async #afterRefusal(answer: StorageCardAnswer, sw: number, act: string): Promise<void> {
    if (answer === 'unsupported') throw new StationFault('LNK-PROTOCOL', { note: `${act}: ${describeStatusWord(sw)}` });
    const uid = await readChipUid(this.#channel, this.#limit);
    if (uid === null) throw new StationFault('LNK-CARD-GONE', { note: `${act}: ${describeStatusWord(sw)}` });
    if (hex(uid) !== hex(this.uid)) throw new StationFault('LNK-CARD-GONE', { note: 'another chip is in the field now' });
  }

  async #exchange(command: Uint8Array): Promise<ResponseApdu> {
    return parseResponse(await this.#channel.transmit(command, this.#limit));
  }
}

/** Opens a session with the chip in a reader. Throws `ENC-MUTE` when it gives no UID, `ENC-WRONG-BLANK` when the UID is not of a Classic, `LNK-PROTOCOL` when it cannot be a UID. */
export async function openMifareSession(card: MifareCard, limit: Wait): Promise<MifareSession> {
  const uid = await readChipUid(card.channel, limit);
  if (uid === null) throw new StationFault('ENC-MUTE', { note: 'the chip gives no UID' });
  if (uid.length !== 4 && uid.length !== 7) throw new StationFault('ENC-WRONG-BLANK', { note: `a UID of ${uid.length} bytes` });
  return new MifareSession(card.channel, new ReaderKeyMemory(card.channel, readerProfiles(card.reader), uid.at(-1) ?? 0), uid, limit);
}
