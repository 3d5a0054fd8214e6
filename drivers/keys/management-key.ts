import { assembleDiversifiedKey, diversificationMessages, type DiversificationKind } from '../codec/an10922.ts';
import type { TokenCmac } from './sector-key.ts';

const SYSTEM_ID = new TextEncoder().encode('KORTVERK-9B');
const GUID_BYTES = 16;
const KINDS = { 16: 'aes-128', 24: 'aes-192', 32: 'aes-256' } as const satisfies Record<number, DiversificationKind>;

/**
 * Derives a PIV management key for the card with this GUID: the constants and the assembly of AN10922 for the length
 * asked for, CMACs under the master key of the token (which may be longer), input GUID and system id.
 */
export function deriveManagementKey(cmac: TokenCmac, guid: Uint8Array, lengthBytes: 16 | 24 | 32): Uint8Array {
  if (guid.length !== GUID_BYTES) throw new RangeError(`a GUID has ${GUID_BYTES} bytes, not ${guid.length}`);
  const macs = diversificationMessages(KINDS[lengthBytes], Uint8Array.from([...guid, ...SYSTEM_ID])).map(cmac);
  const key = assembleDiversifiedKey(KINDS[lengthBytes], macs);
  macs.forEach((mac) => mac.fill(0));
  return key;
}
