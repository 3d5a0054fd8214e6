import type { KeyPlace } from '../codec/mifare-pcsc.ts';

/** How a family of readers wants to be spoken to (cards.md 1.3). */
export interface ReaderProfile {
  readonly family: string;
  /** Where keys go. The first place is kept for the key that comes most often; the others take turns, which spreads the wear of key memories in EEPROM. */
  readonly places: readonly [KeyPlace, KeyPlace, ...KeyPlace[]];
}

interface NamedProfile extends ReaderProfile {
  readonly readerName: RegExp;
}

const places = (p1: number, first: number, last: number): readonly [KeyPlace, KeyPlace, ...KeyPlace[]] => {
  const place = (slot: number): KeyPlace => ({ p1, slot });
  return [place(first), place(first + 1), ...Array.from({ length: last - first - 1 }, (_, index) => place(first + 2 + index))];
};

const PERSISTENT = 0x20;
const VOLATILE = 0x00;

const PROFILES: readonly NamedProfile[] = [
  { family: 'OMNIKEY 5x21/5x22/5x27', readerName: /OMNIKEY (CardMan )?(5[x\d]2[1-7]|5023|6321)/i, places: places(PERSISTENT, 0x00, 0x1f) },
  { family: 'ACR128/1281/1283', readerName: /ACR128[13]?/i, places: places(PERSISTENT, 0x00, 0x1f) },
  { family: 'ACR122/1222/1252/1255', readerName: /ACR12(2|22|52|55)|ACM1252|AET62/i, places: places(VOLATILE, 0x00, 0x01) },
  { family: 'Identiv/SCM', readerName: /Identiv|SCM|SCL3711|CLOUD (27|37|47)/i, places: places(VOLATILE, 0x60, 0x61) },
];

/** What to try on a reader that no profile names, in this order; the first whose Load Keys is accepted is kept. */
export const PROBE_PROFILES: readonly [ReaderProfile, ...ReaderProfile[]] = [
  { family: 'generic, persistent keys', places: places(PERSISTENT, 0x00, 0x01) },
  { family: 'generic, volatile keys', places: places(VOLATILE, 0x00, 0x01) },
  { family: 'generic, slot by key type', places: places(VOLATILE, 0x60, 0x61) },
];

/** The profiles to try for a reader, by its PC/SC name: the one that knows it, else the generic ones. */
export function readerProfiles(readerName: string): readonly [ReaderProfile, ...ReaderProfile[]] {
  const known = PROFILES.find((profile) => profile.readerName.test(readerName));
  return known === undefined ? PROBE_PROFILES : [known];
}
