/** Status words by their name in ISO/IEC 7816-4, 5.6, tables 5 and 6, as far as cards and readers here use them. */
export const statusWord = Object.freeze({
  ok: 0x9000,
  endBeforeLe: 0x6282,
  noInformation: 0x6300,
  executionError: 0x6400,
  memoryFailure: 0x6581,
  wrongLength: 0x6700,
  lastOfChainExpected: 0x6883,
  chainingNotSupported: 0x6884,
  commandIncompatible: 0x6981,
  securityNotSatisfied: 0x6982,
  authenticationBlocked: 0x6983,
  referenceDataNotUsable: 0x6984,
  conditionsNotSatisfied: 0x6985,
  commandNotAllowed: 0x6986,
  secureMessagingMissing: 0x6987,
  secureMessagingWrong: 0x6988,
  wrongData: 0x6a80,
  functionNotSupported: 0x6a81,
  notFound: 0x6a82,
  recordNotFound: 0x6a83,
  memoryFull: 0x6a84,
  wrongParameters: 0x6a86,
  referenceDataNotFound: 0x6a88,
  wrongOffset: 0x6b00,
  instructionNotSupported: 0x6d00,
  classNotSupported: 0x6e00,
  unknownError: 0x6f00,
});

/**
 * What a status word asks of the one who reads it (ISO/IEC 7816-4, figure 8): `ok`; `more` (61xx: fetch the rest);
 * `length` (6Cxx: repeat with this Le); `warning` (62xx, 63xx); `error` (64xx to 6Fxx); `unknown` for all else.
 */
export type StatusClass = 'ok' | 'more' | 'length' | 'warning' | 'error' | 'unknown';

/** The class of a status word. */
export function statusClass(sw: number): StatusClass {
  if (sw === statusWord.ok) return 'ok';
  const sw1 = sw >> 8;
  if (sw1 === 0x61) return 'more';
  if (sw1 === 0x6c) return 'length';
  if (sw1 === 0x62 || sw1 === 0x63) return 'warning';
  return sw1 >= 0x64 && sw1 <= 0x6f ? 'error' : 'unknown';
}

/** How many bytes 61xx offers or 6Cxx demands (00 means 256), null for every other status word. */
export function statusLength(sw: number): number | null {
  const kind = statusClass(sw);
  if (kind !== 'more' && kind !== 'length') return null;
  return (sw & 0xff) === 0 ? 256 : sw & 0xff;
}

/** Tries left after a wrong PIN or PUK: 63CX gives X, 6983 (blocked) gives 0, everything else null. */
export function triesLeft(sw: number): number | null {
  if (sw === statusWord.authenticationBlocked) return 0;
  return sw >> 4 === 0x63c ? sw & 0x0f : null;
}

const names: ReadonlyMap<number, string> = new Map(Object.entries(statusWord).map(([name, sw]) => [sw, spaced(name)]));

function spaced(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** Four hexadecimal digits and a name where there is one: `6A82 not found`, `63C2 2 tries left`, `6110 16 bytes more`. */
export function describeStatusWord(sw: number): string {
  const hex = sw.toString(16).toUpperCase().padStart(4, '0');
  const named = names.get(sw);
  if (named !== undefined) return `${hex} ${named}`;
  const tries = triesLeft(sw);
  if (tries !== null) return `${hex} ${tries} tries left`;
  const length = statusLength(sw);
  if (length === null) return hex;
  return statusClass(sw) === 'more' ? `${hex} ${length} bytes more` : `${hex} Le is ${length}`;
}
