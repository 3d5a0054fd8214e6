/**
 * The Federal Agency Smart Credential Number as its fields, each a string of decimal digits of the length named
 * (TIG SCEPACS 2.3, section 6). Issuers outside the US government use nines for agency, system and credential.
 */
export interface FascN {
  /** 4 digits. */
  readonly agency: string;
  /** 4 digits. */
  readonly system: string;
  /** 6 digits. */
  readonly credential: string;
  /** 1 digit. */
  readonly series: string;
  /** 1 digit. */
  readonly issue: string;
  /** 10 digits. */
  readonly person: string;
  /** 1 digit: 1 federal, 2 state, 3 commercial, 4 foreign. */
  readonly organizationCategory: string;
  /** 4 digits. */
  readonly organization: string;
  /** 1 digit. */
  readonly association: string;
}

const lengthDigits: Readonly<Record<keyof FascN, number>> = {
  agency: 4, system: 4, credential: 6, series: 1, issue: 1, person: 10, organizationCategory: 1, organization: 4, association: 1,
};

const startSentinel = 0b01011;
const fieldSeparator = 0b01101;
const endSentinel = 0b11111;
const characterCount = 40;

/** The FASC-N of a card that belongs to no US agency. */
export const nonFederalFascN: FascN = {
  agency: '9999', system: '9999', credential: '999999', series: '0', issue: '1', person: '0000000000',
  organizationCategory: '3', organization: '0000', association: '1',
};

/** Whether every field has its number of digits. */
export function isFascN(value: FascN): boolean {
  return (Object.keys(lengthDigits) as (keyof FascN)[]).every((field) => value[field].length === lengthDigits[field] && /^[0-9]+$/.test(value[field]));
}

/**
 * Packs a FASC-N into its 25 bytes: 40 characters of 5 bits (BCD with the low bit first and odd parity), sentinels,
 * separators and the longitudinal check (TIG SCEPACS 2.3, 6.1). Throws RangeError when a field has the wrong length.
 */
export function encodeFascN(value: FascN): Uint8Array {
  if (!isFascN(value)) throw new RangeError('a FASC-N field is not made of its number of digits');
  const characters = [
    startSentinel, ...digits(value.agency), fieldSeparator, ...digits(value.system), fieldSeparator, ...digits(value.credential), fieldSeparator,
    ...digits(value.series), fieldSeparator, ...digits(value.issue), fieldSeparator,
    ...digits(value.person + value.organizationCategory + value.organization + value.association), endSentinel,
  ];
  characters.push(characterOf(characters.reduce((sum, character) => sum ^ nibbleOf(character), 0)));
  const bits = characters.map((character) => wireBits(character)).join('');
  return Uint8Array.from({ length: 25 }, (_, index) => Number.parseInt(bits.slice(index * 8, index * 8 + 8), 2));
}

/** Unpacks 25 bytes, or null when length, sentinels, separators, parity or check character are wrong. */
export function decodeFascN(bytes: Uint8Array): FascN | null {
  if (bytes.length !== 25) return null;
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const characters = Array.from({ length: characterCount }, (_, index) => fromWireBits(bits.slice(index * 5, index * 5 + 5)));
  if (characters.some((character) => !hasOddParity(character))) return null;
  if (characters.reduce((sum, character) => sum ^ nibbleOf(character), 0) !== 0) return null;
  const text = characters.slice(0, -1).map(symbolOf).join('');
  const match = /^S(\d{4})F(\d{4})F(\d{6})F(\d)F(\d)F(\d{10})(\d)(\d{4})(\d)E$/.exec(text);
  if (match === null) return null;
  const [agency = '', system = '', credential = '', series = '', issue = '', person = '', organizationCategory = '', organization = '', association = ''] = match.slice(1);
  return { agency, system, credential, series, issue, person, organizationCategory, organization, association };
}

function digits(text: string): number[] {
  return [...text].map((digit) => characterOf(Number(digit)));
}

/** A character is kept as parity bit and nibble: p b3 b2 b1 b0. */
function characterOf(nibble: number): number {
  return hasOddParity(nibble) ? nibble : nibble | 0b10000;
}

function nibbleOf(character: number): number {
  return character & 0b01111;
}

function hasOddParity(character: number): boolean {
  return [...character.toString(2)].filter((bit) => bit === '1').length % 2 === 1;
}

/** On the wire the low bit goes first and the parity bit last. */
function wireBits(character: number): string {
  return [...character.toString(2).padStart(5, '0')].reverse().join('');
}

function fromWireBits(bits: string): number {
  return Number.parseInt([...bits].reverse().join(''), 2);
}

function symbolOf(character: number): string {
  if (character === startSentinel) return 'S';
  if (character === fieldSeparator) return 'F';
  if (character === endSentinel) return 'E';
  return nibbleOf(character) <= 9 ? String(nibbleOf(character)) : '?';
}
