import { DIRECTORY_KEY_A_HEX, TRANSPORT_KEY_HEX } from '../codec/mifare-keys.ts';
import type { KeySlot } from '../codec/mifare-pcsc.ts';
import type { KeyCustody } from '../contracts/keys.ts';
import { Secret } from '../contracts/secret.ts';
import type { SectorKeySource } from './image.ts';

const fromHex = (hex: string): Secret => Secret.take(Uint8Array.from(Buffer.from(hex, 'hex')));

/** The key of every sector of a blank. */
export function transportKey(): Secret {
  return fromHex(TRANSPORT_KEY_HEX);
}

/** The public key A of the directory. */
export function directoryKey(): Secret {
  return fromHex(DIRECTORY_KEY_A_HEX);
}

/** Where a key belongs on which chip. */
export interface KeyPosition {
  readonly uid: Uint8Array;
  readonly sector: number;
  readonly slot: KeySlot;
}

/** Makes the key that a source names. The caller disposes of it. Throws what the custody throws. */
export async function sectorKey(custody: KeyCustody, source: SectorKeySource, position: KeyPosition): Promise<Secret> {
  if (source === 'directory') return directoryKey();
  return custody.sectorKey(source.key, { ...position, aid: source.aid });
}
