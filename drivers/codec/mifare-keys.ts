/** The key of every sector of a chip as delivered (MF1S50yyX 8.6): no secret. */
export const TRANSPORT_KEY_HEX = 'FFFFFFFFFFFF';

/** The public key A with which everybody reads a MIFARE application directory (AN10787 3.7). */
export const DIRECTORY_KEY_A_HEX = 'A0A1A2A3A4A5';

/** Keys that every attacker tries first (data sheets, NFC Forum, and the default lists of public tools): never a key of ours. */
const WELL_KNOWN: ReadonlySet<string> = new Set([
  TRANSPORT_KEY_HEX,
  DIRECTORY_KEY_A_HEX,
  '000000000000',
  'B0B1B2B3B4B5',
  'C0C1C2C3C4C5',
  'D0D1D2D3D4D5',
  'D3F7D3F7D3F7',
  'AABBCCDDEEFF',
  '4D3A99C351DD',
  '1A982C7E459A',
  '714C5C886E97',
  '587EE5F9350F',
  'A0478CC39091',
  '533CB6C723F6',
  '8FD0A4F256E9',
  '123456789ABC',
  '111111111111',
  '222222222222',
]);

/** Whether a 6-byte key is published and must not protect anything. */
export function isWellKnownKey(key: Uint8Array): boolean {
  return WELL_KNOWN.has(Buffer.from(key).toString('hex').toUpperCase());
}
