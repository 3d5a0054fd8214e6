import { command, encodeCommand } from './apdu.ts';
import { MIFARE_BLOCK_BYTES } from './mifare-layout.ts';
import { statusWord } from './status-word.ts';

/** The pseudo-APDUs with which a PC/SC reader works a storage card (PC/SC part 3, 3.2.2.1). */
export const PSEUDO_CLA = 0xff;
export const PSEUDO_INS = { getData: 0xca, loadKeys: 0x82, authenticate: 0x86, readBinary: 0xb0, updateBinary: 0xd6 } as const;

/** Which of a sector's two keys, as General Authenticate names it. */
export const KEY_TYPE = { A: 0x60, B: 0x61 } as const;
export type KeySlot = keyof typeof KEY_TYPE;

/** How a reader wants a key loaded: P1 (20: kept in non-volatile memory, 00: volatile) and the number of the reader's key slot. */
export interface KeyPlace {
  readonly p1: number;
  readonly slot: number;
}

const AUTHENTICATE_VERSION = 0x01;
const LE_ALL = 256;

/** Get UID: FF CA 00 00 00. */
export function getUid(): Uint8Array {
  return encodeCommand(command(PSEUDO_CLA, PSEUDO_INS.getData, 0, 0, undefined, LE_ALL));
}

/** Whether an answer can be the UID of a chip of ISO/IEC 14443 type A: 4, 7 or 10 bytes (part 3, 6.5.4). */
export function isUid(answer: Uint8Array): boolean {
  return answer.length === 4 || answer.length === 7 || answer.length === 10;
}

/** Load Keys: FF 82 P1 slot 06 key. The caller wipes the command. */
export function loadKey(place: KeyPlace, key: Uint8Array): Uint8Array {
  return encodeCommand(command(PSEUDO_CLA, PSEUDO_INS.loadKeys, place.p1, place.slot, key));
}

/** General Authenticate for the sector of a block with a loaded key: FF 86 00 00 05 01 block type slot. Some readers want another type byte. */
export function authenticate(block: number, type: KeySlot, slot: number, typeByte: number = KEY_TYPE[type]): Uint8Array {
  return encodeCommand(command(PSEUDO_CLA, PSEUDO_INS.authenticate, 0, 0, Uint8Array.of(AUTHENTICATE_VERSION, block >> 8, block & 0xff, typeByte, slot)));
}

/** Read Binary of one block: FF B0 00 block 10. */
export function readBlock(block: number): Uint8Array {
  return encodeCommand(command(PSEUDO_CLA, PSEUDO_INS.readBinary, block >> 8, block & 0xff, undefined, MIFARE_BLOCK_BYTES));
}

/** Update Binary of one whole block: FF D6 00 block 10 data. */
export function writeBlock(block: number, data: Uint8Array): Uint8Array {
  return encodeCommand(command(PSEUDO_CLA, PSEUDO_INS.updateBinary, block >> 8, block & 0xff, data));
}

/**
 * What a status word says about a storage card command, as far as it decides what to do next. `refused`: the key does
 * not open it or may not do this. `unsure`: 6300, with which some readers answer a wrong key and a lost card alike.
 */
export type StorageCardAnswer = 'ok' | 'refused' | 'unsure' | 'key-place' | 'card-silent' | 'no-block' | 'memory' | 'unsupported';

/** Reads the status word of Load Keys. Everything but 9000 and 6300 says that this reader wants keys loaded elsewhere. */
export function loadKeyAnswer(sw: number): StorageCardAnswer {
  if (sw === statusWord.ok) return 'ok';
  if (sw === statusWord.functionNotSupported || sw === statusWord.instructionNotSupported) return 'unsupported';
  return 'key-place';
}

/** Reads the status word of General Authenticate, Read Binary and Update Binary (cards.md 1.2). */
export function cardAnswer(sw: number): StorageCardAnswer {
  switch (sw) {
    case statusWord.ok:
      return 'ok';
    case statusWord.securityNotSatisfied:
    case statusWord.authenticationBlocked:
    case statusWord.commandNotAllowed:
      return 'refused';
    case statusWord.noInformation:
      return 'unsure';
    case statusWord.referenceDataNotUsable:
    case statusWord.secureMessagingWrong:
      return 'key-place';
    case statusWord.executionError:
      return 'card-silent';
    case statusWord.notFound:
    case statusWord.wrongOffset:
      return 'no-block';
    case statusWord.memoryFailure:
      return 'memory';
    default:
      return 'unsupported';
  }
}
