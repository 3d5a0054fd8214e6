import { StationFault } from '../contracts/fault.ts';

/** Which keys may do something. */
export type KeySet = 'never' | 'A' | 'B' | 'AB';

/** What may be done with a group of data blocks (MF1S50yyX table 8). `decrement` also covers transfer and restore. */
export interface DataAccess {
  readonly read: KeySet;
  readonly write: KeySet;
  readonly increment: KeySet;
  readonly decrement: KeySet;
}

/** What may be done with a sector trailer (MF1S50yyX table 7). Key A can never be read. */
export interface TrailerAccess {
  readonly writeKeyA: KeySet;
  readonly readAccess: KeySet;
  readonly writeAccess: KeySet;
  readonly readKeyB: KeySet;
  readonly writeKeyB: KeySet;
}

/** The access conditions of one sector by meaning: its three groups of data blocks, and its trailer. */
export interface SectorAccess {
  readonly data: readonly [DataAccess, DataAccess, DataAccess];
  readonly trailer: TrailerAccess;
}

const data = (read: KeySet, write: KeySet, increment: KeySet, decrement: KeySet): DataAccess => ({ read, write, increment, decrement });

/** Indexed by C1C2C3 as a number (MF1S50yyX table 8). */
const DATA_CONDITIONS: readonly DataAccess[] = [
  data('AB', 'AB', 'AB', 'AB'),
  data('AB', 'never', 'never', 'AB'),
  data('AB', 'never', 'never', 'never'),
  data('B', 'B', 'never', 'never'),
  data('AB', 'B', 'never', 'never'),
  data('B', 'never', 'never', 'never'),
  data('AB', 'B', 'B', 'AB'),
  data('never', 'never', 'never', 'never'),
];

const trailer = (writeKeyA: KeySet, readAccess: KeySet, writeAccess: KeySet, readKeyB: KeySet, writeKeyB: KeySet): TrailerAccess => ({
  writeKeyA,
  readAccess,
  writeAccess,
  readKeyB,
  writeKeyB,
});

/** Indexed by C1C2C3 as a number (MF1S50yyX table 7). */
const TRAILER_CONDITIONS: readonly TrailerAccess[] = [
  trailer('A', 'A', 'never', 'A', 'A'),
  trailer('A', 'A', 'A', 'A', 'A'),
  trailer('never', 'A', 'never', 'A', 'never'),
  trailer('B', 'AB', 'B', 'never', 'B'),
  trailer('B', 'AB', 'never', 'never', 'B'),
  trailer('never', 'AB', 'B', 'never', 'never'),
  trailer('never', 'AB', 'never', 'never', 'never'),
  trailer('never', 'AB', 'never', 'never', 'never'),
];

/** How a chip is delivered: key A does everything, key B is readable data. Bytes FF 07 80. */
export const TRANSPORT_ACCESS: SectorAccess = {
  data: [data('AB', 'AB', 'AB', 'AB'), data('AB', 'AB', 'AB', 'AB'), data('AB', 'AB', 'AB', 'AB')],
  trailer: trailer('A', 'A', 'A', 'A', 'A'),
};

/** The usual setting of a directory sector: everybody reads with key A, key B writes. Bytes 78 77 88. */
export const READ_A_WRITE_B: SectorAccess = {
  data: [data('AB', 'B', 'never', 'never'), data('AB', 'B', 'never', 'never'), data('AB', 'B', 'never', 'never')],
  trailer: trailer('B', 'AB', 'B', 'never', 'B'),
};

/** Nothing without key B. Bytes 0F 00 FF. */
export const ONLY_B: SectorAccess = {
  data: [data('B', 'B', 'never', 'never'), data('B', 'B', 'never', 'never'), data('B', 'B', 'never', 'never')],
  trailer: trailer('B', 'AB', 'B', 'never', 'B'),
};

/** Whether key B of a sector is data that anyone with key A reads: then it is no key (MF1S50yyX 8.7.2). */
export function keyBIsReadable(access: SectorAccess): boolean {
  return access.trailer.readKeyB !== 'never';
}

/**
 * The three access bytes of a trailer. Throws `ENC-PROFILE-INVALID` for a combination that the chip does not have.
 * The two frozen trailer conditions (110, 111) mean the same: 110 is written.
 */
export function encodeAccessBits(access: SectorAccess): Uint8Array {
  const conditions = [...access.data.map((wanted) => indexOf(DATA_CONDITIONS, wanted, 'data')), indexOf(TRAILER_CONDITIONS, access.trailer, 'trailer')];
  const bits = (mask: number): number => conditions.reduce((sum, condition, group) => sum | (condition & mask ? 1 << group : 0), 0);
  const [c1, c2, c3] = [bits(4), bits(2), bits(1)];
  return Uint8Array.of(((~c2 & 15) << 4) | (~c1 & 15), (c1 << 4) | (~c3 & 15), (c3 << 4) | c2);
}

/** The condition numbers C1C2C3 (0 to 7) of groups 0 to 3, group 3 the trailer. Null when the inverted copies disagree: the chip locks such a sector for ever. */
export function accessConditions(bytes: Uint8Array): readonly [number, number, number, number] | null {
  const [b6, b7, b8] = [bytes[0] ?? 0, bytes[1] ?? 0, bytes[2] ?? 0];
  const [c1, c2, c3] = [b7 >> 4, b8 & 15, b8 >> 4];
  if (bytes.length !== 3 || (~b6 & 15) !== c1 || (~(b6 >> 4) & 15) !== c2 || (~b7 & 15) !== c3) return null;
  const condition = (group: number): number => (((c1 >> group) & 1) << 2) | (((c2 >> group) & 1) << 1) | ((c3 >> group) & 1);
  return [condition(0), condition(1), condition(2), condition(3)];
}

/** What three access bytes mean. Null when the inverted copies disagree. */
export function decodeAccessBits(bytes: Uint8Array): SectorAccess | null {
  const conditions = accessConditions(bytes);
  if (conditions === null) return null;
  return {
    data: [at(DATA_CONDITIONS, conditions[0]), at(DATA_CONDITIONS, conditions[1]), at(DATA_CONDITIONS, conditions[2])],
    trailer: at(TRAILER_CONDITIONS, conditions[3]),
  };
}

function indexOf<T extends object>(table: readonly T[], wanted: T, what: 'data' | 'trailer'): number {
  const index = table.findIndex((row) => (Object.keys(row) as (keyof T)[]).every((name) => row[name] === wanted[name]));
  if (index < 0) throw new StationFault('ENC-PROFILE-INVALID', { field: `access.${what}`, note: `no chip condition means ${JSON.stringify(wanted)}` });
  return index;
}

function at<T>(table: readonly T[], index: number): T {
  const row = table[index];
  if (row === undefined) throw new RangeError(`condition ${index} outside 0 to 7`);
  return row;
}
