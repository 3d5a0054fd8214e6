import { StationFault } from '../contracts/fault.ts';

/**
 * A command APDU as values (ISO/IEC 7816-4, 5.1). `data` is empty when the command carries none. `le` is the number of
 * bytes expected, null when none are: 256 stands for a short Le of 00, 65536 for an extended Le of 0000.
 */
export interface CommandApdu {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly data: Uint8Array;
  readonly le: number | null;
}

/** A response APDU as values: the data without its status word, and the status word SW1 SW2 as one number. */
export interface ResponseApdu {
  readonly data: Uint8Array;
  readonly sw: number;
}

/** A command as it was written: with short (one byte) or extended length fields. */
export interface ParsedCommand extends CommandApdu {
  readonly extended: boolean;
}

const nothing = new Uint8Array(0);
const maxShortData = 255;
const maxShortLe = 256;
const maxExtendedData = 65535;
const maxExtendedLe = 65536;

/** Builds a command APDU: header, data (none unless given), and the number of bytes expected (null: none). */
export function command(cla: number, ins: number, p1: number, p2: number, data: Uint8Array = nothing, le: number | null = null): CommandApdu {
  return { cla, ins, p1, p2, data, le };
}

/**
 * Writes a command APDU in its short form where it fits, else in its extended form (ISO/IEC 7816-4, 5.1, cases 1 to 4).
 * Throws `STA-BUG` for header bytes, data or Le that no form can hold.
 */
export function encodeCommand(apdu: CommandApdu): Uint8Array {
  const { data, le } = apdu;
  const header = [apdu.cla, apdu.ins, apdu.p1, apdu.p2];
  if (!header.every(isByte) || data.length > maxExtendedData || (le !== null && (le < 1 || le > maxExtendedLe))) {
    throw new StationFault('STA-BUG', { note: `no APDU has ${data.length} bytes of data and Le ${le}` });
  }
  const short = data.length <= maxShortData && (le === null || le <= maxShortLe);
  const lengths = short ? shortLengths(data.length, le) : extendedLengths(data.length, le);
  const bytes = new Uint8Array(header.length + lengths.lc.length + data.length + lengths.le.length);
  bytes.set(header, 0);
  bytes.set(lengths.lc, header.length);
  bytes.set(data, header.length + lengths.lc.length);
  bytes.set(lengths.le, bytes.length - lengths.le.length);
  return bytes;
}

function isByte(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 0xff;
}

function shortLengths(dataLength: number, le: number | null): { lc: number[]; le: number[] } {
  return { lc: dataLength === 0 ? [] : [dataLength], le: le === null ? [] : [le & 0xff] };
}

function extendedLengths(dataLength: number, le: number | null): { lc: number[]; le: number[] } {
  const leBytes = le === null ? [] : [(le >> 8) & 0xff, le & 0xff];
  if (dataLength === 0) return { lc: [], le: [0, ...leBytes] };
  return { lc: [0, dataLength >> 8, dataLength & 0xff], le: leBytes };
}

/**
 * Reads a command APDU, short or extended. Gives null when its length fields contradict its length, which a card
 * answers with 6700 (ISO/IEC 7816-4, 5.1 and 5.6). `data` is a view of the given bytes.
 */
export function parseCommand(bytes: Uint8Array): ParsedCommand | null {
  const [cla, ins, p1, p2, first] = bytes;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) return null;
  const body = bytes.subarray(4);
  const lengths = first === undefined ? { data: nothing, le: null, extended: false } : first === 0 && body.length > 1 ? parseExtended(body) : parseShort(body, first);
  return lengths === null ? null : { cla, ins, p1, p2, ...lengths };
}

type ParsedBody = Pick<ParsedCommand, 'data' | 'le' | 'extended'>;

function parseShort(body: Uint8Array, first: number): ParsedBody | null {
  if (body.length === 1) return { data: nothing, le: first === 0 ? maxShortLe : first, extended: false };
  const data = body.subarray(1, 1 + first);
  if (body.length === 1 + first) return { data, le: null, extended: false };
  const le = body[1 + first];
  if (body.length !== 2 + first || le === undefined) return null;
  return { data, le: le === 0 ? maxShortLe : le, extended: false };
}

function parseExtended(body: Uint8Array): ParsedBody | null {
  const first = read16(body, 1);
  if (first === null) return null;
  if (body.length === 3) return { data: nothing, le: first === 0 ? maxExtendedLe : first, extended: true };
  if (first === 0) return null;
  const data = body.subarray(3, 3 + first);
  if (body.length === 3 + first) return { data, le: null, extended: true };
  const le = read16(body, 3 + first);
  if (body.length !== 5 + first || le === null) return null;
  return { data, le: le === 0 ? maxExtendedLe : le, extended: true };
}

function read16(bytes: Uint8Array, offset: number): number | null {
  const high = bytes[offset];
  const low = bytes[offset + 1];
  return high === undefined || low === undefined ? null : (high << 8) | low;
}

/** Splits a response APDU into data (a view) and status word. Throws `LNK-PROTOCOL` when it has no status word. */
export function parseResponse(bytes: Uint8Array): ResponseApdu {
  const sw = read16(bytes, bytes.length - 2);
  if (sw === null) throw new StationFault('LNK-PROTOCOL', { note: `a response of ${bytes.length} bytes has no status word` });
  return { data: bytes.subarray(0, bytes.length - 2), sw };
}

/** Writes a response APDU: data, then SW1 SW2. */
export function encodeResponse(data: Uint8Array, sw: number): Uint8Array {
  const bytes = new Uint8Array(data.length + 2);
  bytes.set(data, 0);
  bytes[data.length] = sw >> 8;
  bytes[data.length + 1] = sw & 0xff;
  return bytes;
}
