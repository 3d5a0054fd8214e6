import type { MifareChip } from './mifare-layout.ts';

/** Why a chip must not become a card. */
export type Block0Problem = 'length' | 'uid' | 'check-byte' | 'chip-type' | 'fudan' | 'random-uid';

/** SAK as a chip stores it in block 0 and as it answers a reader: the stored one of NXP's 1K is 88 on 7-byte UIDs of older make. */
const SAK: Readonly<Record<MifareChip, readonly number[]>> = { mini: [0x09], '1k': [0x08, 0x88], '2k': [0x08, 0x88, 0x19], '4k': [0x18, 0x98] };

const RANDOM_UID_FIRST_BYTE = 0x08;
const FUDAN_1K_TAIL = [0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69];
const FUDAN_4K_TAIL = new TextEncoder().encode('FDS70V01');
const FM11RF08_LAST = new Set([0x90, 0x91, 0x98, 0x1d]);

/**
 * What is wrong with block 0 of a blank (16 bytes) whose UID the reader gave (4 or 7 bytes); empty when it may be used.
 * `check-byte`: BCC is not the xor of a 4-byte UID. `fudan`: the maker data of clones with a hardware backdoor
 * (cards.md 1.9). `random-uid`: a UID that changes with every field cannot be diversified (ISO/IEC 14443-3, 6.5.4).
 */
export function block0Problems(block0: Uint8Array, uid: Uint8Array, chip: MifareChip): readonly Block0Problem[] {
  if (block0.length !== 16 || (uid.length !== 4 && uid.length !== 7)) return ['length'];
  const problems: Block0Problem[] = [];
  if (!uid.every((byte, index) => block0[index] === byte)) problems.push('uid');
  if (uid.length === 4) {
    if (uid.reduce((xor, byte) => xor ^ byte, 0) !== block0[4]) problems.push('check-byte');
    if (uid[0] === RANDOM_UID_FIRST_BYTE) problems.push('random-uid');
  }
  if (!SAK[chip].includes(block0[uid.length === 4 ? 5 : 7] ?? -1)) problems.push('chip-type');
  if (looksFudan(block0)) problems.push('fudan');
  return problems;
}

/** Whether a UID of 4 bytes is one of those that change with every activation. */
export function isRandomUid(uid: Uint8Array): boolean {
  return uid.length === 4 && uid[0] === RANDOM_UID_FIRST_BYTE;
}

function looksFudan(block0: Uint8Array): boolean {
  const tail = block0.subarray(8);
  const equals = (pattern: ArrayLike<number>): boolean => tail.every((byte, index) => byte === pattern[index]);
  const [sak, atqaLow, atqaHigh] = block0.subarray(5);
  const variant = block0[8] ?? 0;
  const fm11rf08 = sak === 0x08 && atqaLow === 0x04 && atqaHigh === 0x00 && variant >= 1 && variant <= 5 && FM11RF08_LAST.has(block0[15] ?? 0);
  return fm11rf08 || equals(FUDAN_1K_TAIL) || equals(FUDAN_4K_TAIL);
}
