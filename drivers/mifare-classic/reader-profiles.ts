import type { KeyPlace, KeySlot } from '../codec/mifare-pcsc.ts';
import type { ValueDialect } from '../codec/mifare-value-apdu.ts';

/** One place for a key in a reader: how it is loaded there, and how General Authenticate then names it. */
export interface ReaderKeyPlace extends KeyPlace {
  readonly number: number;
  /** Set where a place serves one kind of key only. */
  readonly onlyFor?: KeySlot;
  /** Key type that General Authenticate says, where the reader takes the type from the place instead. */
  readonly typeByte?: number;
}

/** How a family of readers wants to be spoken to (cards.md 1.3). */
export interface ReaderProfile {
  readonly family: string;
  /** Where keys go. One place is kept for the key that comes most often, the others take turns; which is which differs from card to card, to spread the wear of key memories in EEPROM. */
  readonly places: readonly ReaderKeyPlace[];
  /** The one place for keys that change, where the reader has one that does not wear; the frequent key alone uses `places` then. */
  readonly changing?: ReaderKeyPlace;
  /** How value blocks are changed, the likeliest first; a reader that does not know one says so and is asked the next. */
  readonly values: readonly ValueDialect[];
}

interface NamedProfile extends ReaderProfile {
  readonly readerName: RegExp;
}

const PERSISTENT = 0x20;
const VOLATILE = 0x00;

const slots = (p1: number, first: number, last: number, more: Partial<ReaderKeyPlace> = {}): readonly ReaderKeyPlace[] =>
  Array.from({ length: last - first + 1 }, (_, index) => ({ p1, slot: first + index, number: first + index, ...more }));

/** Key A goes to 60, key B to 61, and authentication names key 01 for both. */
const SLOT_BY_KEY_TYPE: readonly ReaderKeyPlace[] = [
  { p1: VOLATILE, slot: 0x60, number: 0x01, onlyFor: 'A' },
  { p1: VOLATILE, slot: 0x61, number: 0x01, onlyFor: 'B' },
];

/** SpringCard: keys A in 0 to 3, keys B in 10 to 13 (hex), and the place says the type. */
const SPRINGCARD_PLACES: readonly ReaderKeyPlace[] = [
  ...slots(VOLATILE, 0x00, 0x03, { onlyFor: 'A', typeByte: 0x00 }),
  ...slots(VOLATILE, 0x10, 0x13, { onlyFor: 'B', typeByte: 0x00 }),
];

const PROFILES: readonly NamedProfile[] = [
  { family: 'OMNIKEY 5x21', readerName: /OMNIKEY.*\b(5[x\d]21|6321)/i, places: slots(PERSISTENT, 0x00, 0x1f), values: ['omnikey', 'pcsc'] },
  { family: 'OMNIKEY 5x22/5x23/5x27', readerName: /OMNIKEY.*\b5[x\d]2\d/i, places: slots(PERSISTENT, 0x00, 0x1f), values: ['pcsc', 'omnikey'] },
  { family: 'ACR128/1281/1283', readerName: /ACR128/i, places: slots(PERSISTENT, 0x00, 0x1f), changing: { p1: VOLATILE, slot: 0x20, number: 0x20 }, values: ['acs'] },
  { family: 'ACR122/1222/1252/1255', readerName: /ACR12(2|22|52|55)|ACM1252|AET62/i, places: slots(VOLATILE, 0x00, 0x01), values: ['acs'] },
  { family: 'SCM SCL3711/SCL01x', readerName: /SCL3711|SCL01\d|SCM ?37/i, places: SLOT_BY_KEY_TYPE, values: ['scm'] },
  { family: 'Identiv', readerName: /Identiv|SCM|CLOUD (27|37|47)/i, places: SLOT_BY_KEY_TYPE, values: ['pcsc', 'identiv'] },
  { family: 'SpringCard', readerName: /SpringCard|Prox'?N'?Roll|H663|CrazyWriter/i, places: SPRINGCARD_PLACES, values: [] },
  { family: 'Feitian', readerName: /Feitian|\bFT\b|bR301|\bR502/i, places: slots(VOLATILE, 0x01, 0x01), values: ['acs'] },
];

/** Readers whose places are known and not how they are loaded: slots of a Cherry start at 1. */
const CHERRY = /Cherry/i;
const CHERRY_PROFILES: readonly [ReaderProfile, ...ReaderProfile[]] = [
  { family: 'Cherry, volatile keys', places: slots(VOLATILE, 0x01, 0x02), values: ['pcsc'] },
  { family: 'Cherry, persistent keys', places: slots(PERSISTENT, 0x01, 0x02), values: ['pcsc'] },
];

/**
 * What to try on a reader that no profile names, in this order; the first whose Load Keys is accepted is kept. Values
 * only by the standard's own command: FF D7 increments on one maker's readers and writes a sector on another's.
 */
export const PROBE_PROFILES: readonly [ReaderProfile, ...ReaderProfile[]] = [
  { family: 'generic, persistent keys', places: slots(PERSISTENT, 0x00, 0x01), values: ['pcsc'] },
  { family: 'generic, volatile keys', places: slots(VOLATILE, 0x00, 0x01), values: ['pcsc'] },
  { family: 'generic, slot by key type', places: SLOT_BY_KEY_TYPE, values: ['pcsc'] },
];

/** The profiles to try for a reader, by its PC/SC name: the one that knows it, else the generic ones. */
export function readerProfiles(readerName: string): readonly [ReaderProfile, ...ReaderProfile[]] {
  if (CHERRY.test(readerName)) return CHERRY_PROFILES;
  const known = PROFILES.find((profile) => profile.readerName.test(readerName));
  return known === undefined ? PROBE_PROFILES : [known];
}
