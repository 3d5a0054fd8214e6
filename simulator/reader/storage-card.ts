import { encodeResponse, parseCommand, type ParsedCommand } from '../../drivers/codec/apdu.ts';
import { blockCount, MIFARE_BLOCK_BYTES } from '../../drivers/codec/mifare-layout.ts';
import { KEY_TYPE, PSEUDO_CLA, PSEUDO_INS, type KeySlot } from '../../drivers/codec/mifare-pcsc.ts';
import { parseValueCommand, parseValueCopy, type ValueCopy } from '../../drivers/codec/mifare-value-apdu.ts';
import { statusWord } from '../../drivers/codec/status-word.ts';
import { storageCardAtr, type StorageCardName } from '../../drivers/codec/storage-card-atr.ts';
import type { MifareClassicChip } from '../card/mifare-classic.ts';
import type { SimulatedChip } from '../card/simulated-chip.ts';
import { readerPersonality, type ReaderPersonality, type StorageCardFailure } from './reader-personality.ts';

const KEY_BYTES = 6;
const OBSOLETE_AUTHENTICATE = 0x88;
const NOTHING = new Uint8Array(0);
const ATR_NAMES = { mini: 'mifare-mini', '1k': 'mifare-1k', '2k': 'plus-sl1-2k', '4k': 'mifare-4k' } as const;
/** What FF CA tells beside the UID, on readers that do. */
const SAK_P1 = 0x02;
const ATQA_P1 = 0x03;
/** Slots from here on hold keys B where the place says the type. */
const FIRST_KEY_B_PLACE = 0x10;

/** The keys a reader holds, by slot. A reader keeps them from card to card where its family does. */
export type ReaderKeys = Map<number, Uint8Array>;

/**
 * A contactless reader with a storage card on it, as PC/SC shows it: the pseudo-APDUs of PC/SC part 3, worked on the
 * chip's native operations with the habits of the reader family that the name belongs to. No secret of the reader shows.
 */
export class StorageCardFace implements SimulatedChip {
  readonly atr: Uint8Array;
  readonly #chip: MifareClassicChip;
  readonly #reader: ReaderPersonality;
  readonly #keys: ReaderKeys;

  /** `name` is what the reader calls the chip in its ATR, where that is not its own: a MIFARE Plus works as Classic. */
  constructor(chip: MifareClassicChip, reader: ReaderPersonality, keys: ReaderKeys, name: StorageCardName = ATR_NAMES[chip.chip]) {
    this.atr = storageCardAtr(name);
    this.#chip = chip;
    this.#reader = reader;
    this.#keys = keys;
  }

  reset(): void {
    this.#chip.select();
  }

  powerOff(): void {
    this.#chip.powerOff();
    const fleeting = this.#reader.keyPlaces.filter(({ persists }) => !persists);
    for (const slot of [...this.#keys.keys()]) if (fleeting.some(({ first, last }) => slot >= first && slot <= last)) this.#keys.delete(slot);
  }

  transmit(bytes: Uint8Array): Uint8Array {
    if (this.#reader.obsoleteAuthenticate && bytes[0] === PSEUDO_CLA && bytes[1] === OBSOLETE_AUTHENTICATE) return this.#authenticateObsolete(bytes);
    const apdu = parseCommand(bytes);
    if (apdu === null) return word(statusWord.wrongLength);
    if (apdu.cla !== PSEUDO_CLA) return word(statusWord.classNotSupported);
    switch (apdu.ins) {
      case PSEUDO_INS.getData:
        return this.#getData(apdu);
      case PSEUDO_INS.loadKeys:
        return this.#loadKey(apdu);
      case PSEUDO_INS.authenticate:
        return this.#authenticate(apdu);
      case PSEUDO_INS.readBinary:
        return this.#read(apdu);
      case PSEUDO_INS.updateBinary:
        return this.#update(apdu);
      default:
        return this.#changeValue(apdu);
    }
  }

  /** Computes and transfers to the same block, in whichever of its makers' commands the reader understands. */
  #changeValue(apdu: ParsedCommand): Uint8Array {
    for (const dialect of this.#reader.values) {
      const copy = parseValueCopy(dialect, apdu);
      if (copy !== null) return this.#copyValue(copy);
      const change = parseValueCommand(dialect, apdu);
      if (change === null) continue;
      const { operation, block, amount } = change;
      const failure = this.#failureAt(block);
      return this.#chip.compute(operation, block, amount) && this.#chip.transfer(block) ? word(statusWord.ok) : failure;
    }
    return word(statusWord.instructionNotSupported);
  }

  #copyValue({ from, to }: ValueCopy): Uint8Array {
    const failure = this.#failureAt(from);
    return this.#chip.compute('restore', from, 0) && this.#chip.transfer(to) ? word(statusWord.ok) : failure;
  }

  #getData(apdu: ParsedCommand): Uint8Array {
    const [sak = 0, atqaLow = 0, atqaHigh = 0] = this.#chip.identification();
    if (this.#reader.tellsSak && apdu.p1 === SAK_P1) return encodeResponse(Uint8Array.of(sak), statusWord.ok);
    if (this.#reader.tellsSak && apdu.p1 === ATQA_P1) return encodeResponse(Uint8Array.of(atqaHigh, atqaLow), statusWord.ok);
    if (apdu.p1 !== 0 || apdu.p2 !== 0) return word(statusWord.functionNotSupported);
    this.#chip.select();
    return encodeResponse(this.#chip.uid, statusWord.ok);
  }

  #loadKey(apdu: ParsedCommand): Uint8Array {
    const place = this.#reader.keyPlaces.find(({ p1, first, last }) => apdu.p1 === p1 && apdu.p2 >= first && apdu.p2 <= last);
    if (place === undefined || apdu.data.length !== KEY_BYTES) return this.#failure('load');
    this.#keys.set(apdu.p2, Uint8Array.from(apdu.data));
    return word(statusWord.ok);
  }

  /** FF 86 00 00 05 01 block type slot. */
  #authenticate(apdu: ParsedCommand): Uint8Array {
    const [version, high = 0, low = 0, type, slot = 0] = apdu.data;
    if (apdu.data.length !== 5 || version !== 1) return word(statusWord.wrongLength);
    return this.#open((high << 8) | low, type, slot);
  }

  /** FF 88 00 block type slot: six bytes that are no APDU (PC/SC part 3, version 2.01). */
  #authenticateObsolete(bytes: Uint8Array): Uint8Array {
    const [, , high = 0, low = 0, type, slot = 0] = bytes;
    return bytes.length === 6 ? this.#open((high << 8) | low, type, slot) : word(statusWord.wrongLength);
  }

  #open(block: number, type: number | undefined, number: number): Uint8Array {
    const chosen = this.#chosenKey(type, number);
    if (chosen === null) return word(statusWord.commandNotAllowed);
    const { slot: keySlot, key } = chosen;
    if (key === undefined) return this.#failure('wrong-key');
    if (this.#reader.selectsByItself) this.#chip.select();
    return this.#chip.authenticate(block, keySlot, key) ? word(statusWord.ok) : this.#failure('wrong-key');
  }

  /** The key that General Authenticate means, by the habits of the family; null for a type that it does not know. */
  #chosenKey(type: number | undefined, number: number): { readonly slot: KeySlot; readonly key: Uint8Array | undefined } | null {
    if (this.#reader.keyChoice === 'place') return type === 0 ? { slot: number < FIRST_KEY_B_PLACE ? 'A' : 'B', key: this.#keys.get(number) } : null;
    const slot: KeySlot | null = type === KEY_TYPE.A ? 'A' : type === KEY_TYPE.B ? 'B' : null;
    return slot === null ? null : { slot, key: this.#keys.get(this.#reader.keyChoice === 'type' ? KEY_TYPE[slot] : number) };
  }

  #read(apdu: ParsedCommand): Uint8Array {
    const block = (apdu.p1 << 8) | apdu.p2;
    if (block >= blockCount(this.#chip.chip)) return this.#failure('no-block');
    if (apdu.le !== null && apdu.le < MIFARE_BLOCK_BYTES) return word(0x6c00 | MIFARE_BLOCK_BYTES);
    const failure = this.#failureAt(block);
    const data = this.#chip.read(block);
    return data === null ? failure : encodeResponse(data, statusWord.ok);
  }

  #update(apdu: ParsedCommand): Uint8Array {
    const block = (apdu.p1 << 8) | apdu.p2;
    if (block >= blockCount(this.#chip.chip)) return this.#failure('no-block');
    if (apdu.data.length !== MIFARE_BLOCK_BYTES) return word(statusWord.wrongLength);
    const failure = this.#failureAt(block);
    return this.#chip.write(block, apdu.data) ? word(statusWord.ok) : failure;
  }

  /** How a refusal is worded: whether the sector stood open tells the two apart, and is over once it was refused. */
  #failureAt(block: number): Uint8Array {
    return this.#failure(this.#chip.isOpenAt(block) ? 'refused' : 'not-open');
  }

  #failure(failure: StorageCardFailure): Uint8Array {
    return word(this.#reader.failures[failure]);
  }
}

function word(sw: number): Uint8Array {
  return encodeResponse(NOTHING, sw);
}

/**
 * Presents a chip through a reader with this PC/SC name. `keys` belongs to the reader: hand in the same map for every card
 * of one reader, so that what one card's session loaded is there for the next where the family keeps keys.
 */
export function presentStorageCard(chip: MifareClassicChip, readerName: string, keys: ReaderKeys = new Map(), name?: StorageCardName): SimulatedChip {
  return new StorageCardFace(chip, readerPersonality(readerName), keys, name);
}
