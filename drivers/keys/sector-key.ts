import { isWellKnownKey } from '../codec/mifare-keys.ts';
import type { SectorKeyInput } from '../contracts/keys.ts';

/** Computes an AES-CMAC (16 bytes) under one master key inside the token. */
export type TokenCmac = (message: Uint8Array) => Uint8Array;

const CONSTANT = 0x01;
const SYSTEM_ID = new TextEncoder().encode('KORTVERK-MF1');
const SECTOR_KEY_BYTES = 6;
const SLOT_BYTE = { A: 0x0a, B: 0x0b } as const;
const MAX_TRIES = 256;

/**
 * The message of a sector key: 01, UID (4 or 7 bytes), AID (2), sector, 0A or 0B, system id, and a counter byte for
 * every repetition. Between 17 and 32 bytes, so that its CMAC equals AN10922's construction (cards.md 1.7).
 * Throws `RangeError` for an input that no chip has.
 */
export function sectorKeyMessage(input: SectorKeyInput, repetition = 0): Uint8Array {
  if (input.uid.length !== 4 && input.uid.length !== 7) throw new RangeError(`a MIFARE Classic UID has 4 or 7 bytes, not ${input.uid.length}`);
  if (!/^[0-9A-F]{4}$/i.test(input.aid)) throw new RangeError(`an AID is four hexadecimal digits, not ${input.aid}`);
  if (!Number.isInteger(input.sector) || input.sector < 0 || input.sector > 39) throw new RangeError(`no sector ${input.sector}`);
  const counter = repetition === 0 ? [] : [repetition];
  return Uint8Array.from([CONSTANT, ...input.uid, ...Buffer.from(input.aid, 'hex'), input.sector, SLOT_BYTE[input.slot], ...SYSTEM_ID, ...counter]);
}

/** Derives a sector key: the leftmost six bytes of the CMAC, repeated with a counter byte while the result is a well-known key. */
export function deriveSectorKey(cmac: TokenCmac, input: SectorKeyInput): Uint8Array {
  for (let repetition = 0; repetition < MAX_TRIES; repetition += 1) {
    const mac = cmac(sectorKeyMessage(input, repetition));
    const key = mac.slice(0, SECTOR_KEY_BYTES);
    mac.fill(0);
    if (!isWellKnownKey(key)) return key;
  }
  throw new RangeError('every repetition gave a well-known key: the MAC is not random');
}
