import type { Day } from './calendar.ts';
import { Organisationsnummer } from './number-libraries.ts';
import { compactNumber, parsePersonNumber, printedPersonNumber, type PersonNumber } from './person-number.ts';

/** A Swedish organisation number: of a legal entity, or the owner's personal number of an enskild firma. */
export type OrganisationNumber =
  | {
      readonly kind: 'entity';
      /** Ten digits. */
      readonly digits: string;
      /** First digit: 5 aktiebolag, 7 ekonomisk förening, 9 handelsbolag and kommanditbolag, others not for ID06. */
      readonly group: number;
    }
  | { readonly kind: 'owner'; readonly owner: PersonNumber };

/**
 * Reads a Swedish organisation number as people write it: 10 digits, 12 with the prefix 16, with or without `-` and
 * spaces; or a personnummer or samordningsnummer (both may own an enskild firma). Null when neither. The form of the
 * company is not decided here: groups 7 and 9 are shared by several forms.
 */
export function parseOrganisationNumber(text: string, asOf: Day): OrganisationNumber | null {
  const compact = compactNumber(text);
  const owner = parsePersonNumber(compact, asOf);
  if (owner !== null) return { kind: 'owner', owner };
  const digits = /^(?:16)?(\d{6})-?(\d{4})$/.exec(compact)?.slice(1).join('') ?? '';
  // The package also takes personal numbers, and those with a birth date to come: month 20 and up tells an entity.
  if (Number(digits.slice(2, 4)) < 20 || !Organisationsnummer.valid(digits)) return null;
  return { kind: 'entity', digits, group: Number(digits.charAt(0)) };
}

/** `NNNNNN-NNNN`, as every card shows it. */
export function printedNumber(number: OrganisationNumber, asOf: Day): string {
  if (number.kind === 'owner') return printedPersonNumber(number.owner, asOf);
  return `${number.digits.slice(0, 6)}-${number.digits.slice(6)}`;
}

/** Form for storing and matching: 10 digits for an entity, 12 for an owner (a century lost is a wrong match). */
export function storedNumber(number: OrganisationNumber): string {
  return number.kind === 'owner' ? number.owner.digits : number.digits;
}
