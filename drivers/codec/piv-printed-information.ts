import { asciiValue, childValue, encodeTlv, joinBytes, parseTlvs } from './ber-tlv.ts';

/** Printed information, container 5FC109 (SP 800-73-5 part 1, table 12): ASCII fields; a missing field is written empty. */
export interface PrintedInformation {
  /** At most 125 characters. */
  readonly name: string;
  /** At most 20. */
  readonly employeeAffiliation: string;
  /** `YYYY-MM-DD`; stands on the card as YYYYMMMDD with the month in letters. */
  readonly expiry: string;
  /** At most 20. */
  readonly cardSerialNumber: string;
  /** At most 15. */
  readonly issuer: string;
  /** At most 20. */
  readonly organizationLine1: string;
  /** At most 20. */
  readonly organizationLine2: string;
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const limits: readonly (readonly [keyof PrintedInformation, number, number])[] = [
  ['name', 0x01, 125], ['employeeAffiliation', 0x02, 20], ['expiry', 0x04, 9], ['cardSerialNumber', 0x05, 20],
  ['issuer', 0x06, 15], ['organizationLine1', 0x07, 20], ['organizationLine2', 0x08, 20],
];

/** The container's contents (inside tag 53). Throws RangeError when a field is too long or not ASCII. */
export function encodePrintedInformation(value: PrintedInformation): Uint8Array {
  const fields = limits.map(([field, tag, maximum]) => {
    const text = field === 'expiry' ? printedDate(value.expiry) : value[field];
    if (text.length > maximum || !/^[\x20-\x7e]*$/.test(text)) throw new RangeError(`printed information: ${field} does not fit`);
    return encodeTlv(tag, Buffer.from(text, 'latin1'));
  });
  return joinBytes(...fields, encodeTlv(0xfe, new Uint8Array()));
}

/** Reads the container's contents, or null when they are not of this form. */
export function decodePrintedInformation(contents: Uint8Array): PrintedInformation | null {
  const fields = parseTlvs(contents);
  if (fields === null || childValue(fields, 0xfe) === null) return null;
  const text = (tag: number): string => asciiValue(fields, tag) ?? '';
  const expiry = isoDate(text(0x04));
  if (expiry === null) return null;
  return { name: text(0x01), employeeAffiliation: text(0x02), expiry, cardSerialNumber: text(0x05), issuer: text(0x06), organizationLine1: text(0x07), organizationLine2: text(0x08) };
}

function printedDate(iso: string): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
  const month = months[Number(match?.[2]) - 1];
  if (match === null || month === undefined) throw new RangeError('printed information: expiry is not a day');
  return `${match[1]}${month}${match[3]}`;
}

function isoDate(text: string): string | null {
  const match = /^(\d{4})([A-Z]{3})(\d{2})$/.exec(text);
  const month = months.indexOf(match?.[2] ?? '');
  return match === null || month < 0 ? null : `${match[1]}-${String(month + 1).padStart(2, '0')}-${match[3]}`;
}
