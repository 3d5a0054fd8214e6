import type { ValueDialect } from '../../drivers/codec/mifare-value-apdu.ts';

/** The storage card commands whose failures readers word differently. */
export type StorageCardFailure = 'load' | 'wrong-key' | 'not-open' | 'refused' | 'no-block';

/** A range of key slots: P1 of Load Keys, first and last slot number, and whether keys outlast the power of the field. */
export interface KeyRange {
  readonly p1: number;
  readonly first: number;
  readonly last: number;
  readonly persists: boolean;
}

/** How one family of readers behaves towards a storage card (cards.md 1.2 and 1.3). */
export interface ReaderPersonality {
  readonly family: string;
  readonly keyPlaces: readonly KeyRange[];
  /** Whether a halted card is selected again before the next authentication, or only when its UID is asked for. */
  readonly selectsByItself: boolean;
  /**
   * Which key General Authenticate means. `slot`: the slot it names. `type`: slot 60 for key A and 61 for B, named 01.
   * `place`: the slot it names, whose number also says the type (A below 10 hex), with type byte 00.
   */
  readonly keyChoice: 'slot' | 'type' | 'place';
  /** Whether the older FF 88 is understood beside FF 86. */
  readonly obsoleteAuthenticate: boolean;
  /** Commands for value blocks that it understands. */
  readonly values: readonly ValueDialect[];
  /** Whether FF CA 02 and FF CA 03 give SAK and ATQA. */
  readonly tellsSak: boolean;
  readonly failures: Readonly<Record<StorageCardFailure, number>>;
}

const volatile = (first: number, last: number): KeyRange => ({ p1: 0x00, first, last, persists: false });
const persistent = (first: number, last: number): KeyRange => ({ p1: 0x20, first, last, persists: true });

/** A reader that does what PC/SC part 3 says and no more. */
const GENERIC: ReaderPersonality = {
  family: 'generic',
  keyPlaces: [volatile(0x00, 0x03)],
  selectsByItself: false,
  keyChoice: 'slot',
  obsoleteAuthenticate: true,
  values: ['pcsc'],
  tellsSak: false,
  failures: { load: 0x6988, 'wrong-key': 0x6300, 'not-open': 0x6982, refused: 0x6300, 'no-block': 0x6a82 },
};

const OMNIKEY_5022: ReaderPersonality = {
  ...GENERIC,
  family: 'OMNIKEY 5022',
  keyPlaces: [persistent(0x00, 0x1f)],
  selectsByItself: true,
  obsoleteAuthenticate: false,
  failures: { load: 0x6986, 'wrong-key': 0x6982, 'not-open': 0x6982, refused: 0x6986, 'no-block': 0x6a82 },
};

const ACR122: ReaderPersonality = {
  ...GENERIC,
  family: 'ACR122',
  keyPlaces: [volatile(0x00, 0x01)],
  selectsByItself: true,
  values: ['acs'],
  failures: { load: 0x6300, 'wrong-key': 0x6300, 'not-open': 0x6300, refused: 0x6300, 'no-block': 0x6300 },
};

const IDENTIV: ReaderPersonality = {
  ...GENERIC,
  family: 'Identiv',
  keyPlaces: [volatile(0x60, 0x61)],
  selectsByItself: true,
  keyChoice: 'type',
  obsoleteAuthenticate: false,
  values: ['identiv', 'pcsc'],
  failures: { load: 0x6988, 'wrong-key': 0x6982, 'not-open': 0x6982, refused: 0x6981, 'no-block': 0x6a82 },
};

/** First fit wins. */
const BY_NAME: readonly (readonly [RegExp, ReaderPersonality])[] = [
  [/OMNIKEY.*\b(5[x\d]21|6321)/i, { ...OMNIKEY_5022, family: 'OMNIKEY 5x21', obsoleteAuthenticate: true, values: ['omnikey'] }],
  [/OMNIKEY.*\b5122/i, { ...OMNIKEY_5022, family: 'OMNIKEY 5122 with older firmware', values: ['omnikey'] }],
  [/OMNIKEY/i, OMNIKEY_5022],
  [/ACR128/i, { ...ACR122, family: 'ACR1281', keyPlaces: [persistent(0x00, 0x1f), volatile(0x20, 0x20)] }],
  [/ACR12[25]|ACM1252|AET62/i, ACR122],
  [/SCL3711|SCL01\d|SCM ?37/i, { ...IDENTIV, family: 'SCM', values: ['scm'] }],
  [/Identiv|SCM|CLOUD/i, IDENTIV],
  [/SpringCard|Prox'?N'?Roll|H663|CrazyWriter/i, { ...GENERIC, family: 'SpringCard', keyPlaces: [volatile(0x00, 0x03), volatile(0x10, 0x13)], selectsByItself: true, keyChoice: 'place', obsoleteAuthenticate: false, values: [] }],
  [/Cherry/i, { ...GENERIC, family: 'Cherry', keyPlaces: [volatile(0x01, 0x08)], selectsByItself: true }],
  [/Feitian|\bFT\b|bR301|\bR502/i, { ...ACR122, family: 'Feitian', keyPlaces: [volatile(0x01, 0x01)], tellsSak: true }],
];

/** The personality of a reader by its PC/SC name. */
export function readerPersonality(readerName: string): ReaderPersonality {
  return BY_NAME.find(([pattern]) => pattern.test(readerName))?.[1] ?? GENERIC;
}
