import type { KeyPlace, KeySlot } from '../codec/mifare-pcsc.ts';

/** One place for a key in a reader: how it is loaded there, and how General Authenticate then names it. */
export interface ReaderKeyPlace extends KeyPlace {
  readonly number: number;
  /** Set where a place serves one kind of key only. */
  readonly onlyFor?: KeySlot;
}

/** How a family of readers wants to be spoken to (cards.md 1.3). */
export interface ReaderProfile {
  readonly family: string;
  /** Where keys go. One place is kept for the key that comes most often, the others take turns; which is which differs from card to card, to spread the wear of key memories in EEPROM. */
  readonly places: readonly ReaderKeyPlace[];
}

interface NamedProfile extends ReaderProfile {
  readonly readerName: RegExp;
}

const slots = (p1: number, first: number, last: number): readonly ReaderKeyPlace[] =>
  Array.from({ length: last - first + 1 }, (_, index) => ({ p1, slot: first + index, number: first + index }));

const PERSISTENT = 0x20;
const VOLATILE = 0x00;

/** Key A goes to 60, key B to 61, and authentication names key 01 for both. */
const SLOT_BY_KEY_TYPE: readonly ReaderKeyPlace[] = [
  { p1: VOLATILE, slot: 0x60, number: 0x01, onlyFor: 'A' },
  { p1: VOLATILE, slot: 0x61, number: 0x01, onlyFor: 'B' },
];

const PROFILES: readonly NamedProfile[] = [
  { family: 'OMNIKEY 5x21/5x22/5x27', readerName: /OMNIKEY.*\b(5[x\d]2\d|6321)/i, places: slots(PERSISTENT, 0x00, 0x1f) },
  { family: 'ACR128/1281/1283', readerName: /ACR128/i, places: slots(PERSISTENT, 0x00, 0x1f) },
  { family: 'ACR122/1222/1252/1255', readerName: /ACR12(2|22|52|55)|ACM1252|AET62/i, places: slots(VOLATILE, 0x00, 0x01) },
  { family: 'Identiv/SCM', readerName: /Identiv|SCM|SCL3711|CLOUD (27|37|47)/i, places: SLOT_BY_KEY_TYPE },
];

/** What to try on a reader that no profile names, in this order; the first whose Load Keys is accepted is kept. */
export const PROBE_PROFILES: readonly [ReaderProfile, ...ReaderProfile[]] = [
  { family: 'generic, persistent keys', places: slots(PERSISTENT, 0x00, 0x01) },
  { family: 'generic, volatile keys', places: slots(VOLATILE, 0x00, 0x01) },
  { family: 'generic, slot by key type', places: SLOT_BY_KEY_TYPE },
];

/** The profiles to try for a reader, by its PC/SC name: the one that knows it, else the generic ones. */
export function readerProfiles(readerName: string): readonly [ReaderProfile, ...ReaderProfile[]] {
  const known = PROFILES.find((profile) => profile.readerName.test(readerName));
  return known === undefined ? PROBE_PROFILES : [known];
}
