/** The storage card commands whose failures readers word differently. */
export type StorageCardFailure = 'load' | 'wrong-key' | 'not-open' | 'refused' | 'no-block';

/** How one family of readers behaves towards a storage card (cards.md 1.2 and 1.3). */
export interface ReaderPersonality {
  readonly family: string;
  /** Places for keys: P1 of Load Keys, first and last slot number. */
  readonly keyPlaces: readonly { readonly p1: number; readonly first: number; readonly last: number }[];
  /** Whether keys outlast the power of the reader's field. */
  readonly keysPersist: boolean;
  /** Whether a halted card is selected again before the next authentication, or only when its UID is asked for. */
  readonly selectsByItself: boolean;
  /** Whether key slot 60 means key A and 61 key B, and authentication names key 01. */
  readonly slotByKeyType: boolean;
  /** Whether the older FF 88 is understood beside FF 86. */
  readonly obsoleteAuthenticate: boolean;
  readonly failures: Readonly<Record<StorageCardFailure, number>>;
}

const OMNIKEY_5022: ReaderPersonality = {
  family: 'OMNIKEY 5022',
  keyPlaces: [{ p1: 0x20, first: 0x00, last: 0x1f }],
  keysPersist: true,
  selectsByItself: true,
  slotByKeyType: false,
  obsoleteAuthenticate: false,
  failures: { load: 0x6986, 'wrong-key': 0x6982, 'not-open': 0x6982, refused: 0x6986, 'no-block': 0x6a82 },
};

const ACR122: ReaderPersonality = {
  family: 'ACR122',
  keyPlaces: [{ p1: 0x00, first: 0x00, last: 0x01 }],
  keysPersist: false,
  selectsByItself: true,
  slotByKeyType: false,
  obsoleteAuthenticate: true,
  failures: { load: 0x6300, 'wrong-key': 0x6300, 'not-open': 0x6300, refused: 0x6300, 'no-block': 0x6300 },
};

const IDENTIV: ReaderPersonality = {
  family: 'Identiv',
  keyPlaces: [{ p1: 0x00, first: 0x60, last: 0x61 }],
  keysPersist: false,
  selectsByItself: true,
  slotByKeyType: true,
  obsoleteAuthenticate: false,
  failures: { load: 0x6988, 'wrong-key': 0x6982, 'not-open': 0x6982, refused: 0x6981, 'no-block': 0x6a82 },
};

/** A reader that does what PC/SC part 3 says and no more. */
const GENERIC: ReaderPersonality = {
  family: 'generic',
  keyPlaces: [{ p1: 0x00, first: 0x00, last: 0x03 }],
  keysPersist: false,
  selectsByItself: false,
  slotByKeyType: false,
  obsoleteAuthenticate: true,
  failures: { load: 0x6988, 'wrong-key': 0x6300, 'not-open': 0x6982, refused: 0x6300, 'no-block': 0x6a82 },
};

const BY_NAME: readonly (readonly [RegExp, ReaderPersonality])[] = [
  [/OMNIKEY/i, OMNIKEY_5022],
  [/ACR128/i, { ...ACR122, family: 'ACR1281', keysPersist: true, keyPlaces: [{ p1: 0x20, first: 0x00, last: 0x1f }, { p1: 0x00, first: 0x20, last: 0x20 }] }],
  [/ACR12[25]|ACM1252|AET62/i, ACR122],
  [/Identiv|SCM|SCL3711/i, IDENTIV],
];

/** The personality of a reader by its PC/SC name. */
export function readerPersonality(readerName: string): ReaderPersonality {
  return BY_NAME.find(([pattern]) => pattern.test(readerName))?.[1] ?? GENERIC;
}
