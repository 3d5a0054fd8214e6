import type { MifareChip } from './mifare-layout.ts';

/** What a PC/SC reader says of a contactless storage card in the ATR it makes up (PC/SC part 3, 3.1.3.2.3). */
export type StorageCardName = 'mifare-1k' | 'mifare-4k' | 'mifare-mini' | 'ultralight' | 'ultralight-c' | 'plus-sl1-2k' | 'plus-sl1-4k' | 'plus-sl2-2k' | 'plus-sl2-4k';

const CARD_NUMBERS: Readonly<Record<StorageCardName, number>> = {
  'mifare-1k': 0x0001,
  'mifare-4k': 0x0002,
  ultralight: 0x0003,
  'mifare-mini': 0x0026,
  'plus-sl1-2k': 0x0036,
  'plus-sl1-4k': 0x0037,
  'plus-sl2-2k': 0x0038,
  'plus-sl2-4k': 0x0039,
  'ultralight-c': 0x003a,
};

/** T0 to the registered identifier of PC/SC, then standard 03 (ISO/IEC 14443 A part 3). */
const BEFORE_NAME = [0x8f, 0x80, 0x01, 0x80, 0x4f, 0x0c, 0xa0, 0x00, 0x00, 0x03, 0x06, 0x03];
const ATR_BYTES = 20;

/** The ATR of a storage card: 20 bytes, the last the xor of all but the first. */
export function storageCardAtr(name: StorageCardName): Uint8Array {
  const number = CARD_NUMBERS[name];
  const body = [...BEFORE_NAME, number >> 8, number & 0xff, 0, 0, 0, 0];
  return Uint8Array.of(0x3b, ...body, xor(body));
}

/** The storage card an ATR names. Null for another kind of card and for a name that is not known here. */
export function parseStorageCardAtr(atr: Uint8Array): StorageCardName | null {
  if (!isStorageCardAtr(atr)) return null;
  const number = ((atr[13] ?? 0) << 8) | (atr[14] ?? 0);
  const found = (Object.keys(CARD_NUMBERS) as StorageCardName[]).find((name) => CARD_NUMBERS[name] === number);
  return found ?? null;
}

/** Whether a reader made this ATR up for a storage card, known here or not; a chip with an interface of its own has another (cards.md 1.4). */
export function isStorageCardAtr(atr: Uint8Array): boolean {
  return atr.length === ATR_BYTES && atr[0] === 0x3b && xor(atr.subarray(1)) === 0 && BEFORE_NAME.every((byte, index) => atr[1 + index] === byte);
}

/** The Classic memory behind a storage card: Plus in security level 1 works as Classic. Null when it has none of ours. */
export function classicChip(name: StorageCardName): MifareChip | null {
  switch (name) {
    case 'mifare-mini':
      return 'mini';
    case 'mifare-1k':
      return '1k';
    case 'mifare-4k':
    case 'plus-sl1-4k':
      return '4k';
    case 'plus-sl1-2k':
      return '2k';
    case 'plus-sl2-2k':
    case 'plus-sl2-4k':
    case 'ultralight':
    case 'ultralight-c':
      return null;
  }
}

function xor(bytes: Iterable<number>): number {
  let sum = 0;
  for (const byte of bytes) sum ^= byte;
  return sum;
}
