import { z } from 'zod';
import { crcNames } from '../../drivers/codec/crc.ts';
import { dataBlocks } from '../../drivers/codec/mifare-layout.ts';
import { keyReferenceSchema, nameSchema, releaseSchema } from './profile-parts.ts';

const BLOCK_BYTES = 16;
/** Bytes that a company may fill in a large sector of a 4K: 15 blocks of 16, the 16th is the trailer. */
const MAX_DATA_BYTES = 240;

/** Bytes that a company may fill in a sector: three blocks, or fifteen in the large sectors from 32 on. */
export function sectorDataBytes(sector: number): number {
  return dataBlocks(sector).length * BLOCK_BYTES;
}

const place = { offset: z.int().min(0).max(MAX_DATA_BYTES - 1), length: z.int().min(1).max(MAX_DATA_BYTES) };

/** Values of an order that a sector may carry. No personal number is among them. */
export const sectorValueNames = ['cardNumber', 'organisationNumber', 'orderId', 'validFrom', 'validTo'] as const;
const value = z.enum(sectorValueNames);
const byte = z.int().min(0).max(255);

/**
 * One field of the data template. `ascii`: characters from the left, filled up with `pad`. `bcd`: the digits of the
 * value, two a byte, filled up with zeros from the left. `uint`: the digits as one number. `hex`: a constant. `value`: a
 * value block (MF1S50yyX 8.6.2.1), one whole block with its amount and address byte. `crc`: over `bytes` bytes from
 * `from` on, laid down when every other field is there.
 */
const fieldSchema = z.discriminatedUnion('encoding', [
  z.strictObject({ ...place, encoding: z.literal('ascii'), value, pad: byte.default(0) }),
  z.strictObject({ ...place, encoding: z.literal('bcd'), value }),
  z.strictObject({ ...place, encoding: z.literal('uint'), value, byteOrder: z.enum(['big', 'little']).default('big') }),
  z.strictObject({ ...place, encoding: z.literal('hex'), hex: z.string().regex(/^([0-9A-F]{2}){1,240}$/) }),
  z.strictObject({
    offset: place.offset.multipleOf(BLOCK_BYTES),
    length: z.literal(BLOCK_BYTES).default(BLOCK_BYTES),
    encoding: z.literal('value'),
    amount: z.int().min(-0x8000_0000).max(0x7fff_ffff).default(0),
    address: byte.default(0),
  }),
  z.strictObject({
    ...place,
    length: z.union([z.literal(1), z.literal(2), z.literal(4)]),
    encoding: z.literal('crc'),
    algorithm: z.enum(crcNames),
    from: place.offset,
    bytes: place.length,
    byteOrder: z.enum(['big', 'little']).default('big'),
  }),
]);

const keySet = z.enum(['never', 'A', 'B', 'AB']);
const dataAccess = z.strictObject({ read: keySet, write: keySet, increment: keySet.default('never'), decrement: keySet.default('never') });
const trailerAccess = z.strictObject({ writeKeyA: keySet, readAccess: keySet, writeAccess: keySet, readKeyB: keySet, writeKeyB: keySet });

/** Access conditions by meaning, one for each of the three data blocks (or groups of five in a large sector) and one for the trailer (MF1S50yyX tables 7 and 8). */
const accessSchema = z.strictObject({
  data: z.tuple([dataAccess, dataAccess, dataAccess]),
  trailer: trailerAccess.default({ writeKeyA: 'B', readAccess: 'AB', writeAccess: 'B', readKeyB: 'never', writeKeyB: 'B' }),
});

const sectorSchema = z.strictObject({
  sector: z.int().min(1).max(39),
  /** Application identifier as written, `5189`. */
  aid: z.string().regex(/^[0-9A-F]{4}$/),
  data: z.array(fieldSchema).max(MAX_DATA_BYTES),
  access: accessSchema,
  keyA: keyReferenceSchema,
  keyB: keyReferenceSchema,
});

/** The code structure of one company's sectors on the MIFARE chip: versioned, approved, keys by reference only. */
export const sectorProfileSchema = z.strictObject({
  kind: z.literal('sectors'),
  id: nameSchema,
  version: z.int().min(1),
  release: releaseSchema,
  /** Ten digits. */
  companyOrganisationNumber: z.string().regex(/^\d{10}(\d{2})?$/),
  sectors: z.array(sectorSchema).min(1).max(37),
});

export type SectorProfile = z.infer<typeof sectorProfileSchema>;
export type SectorTemplate = SectorProfile['sectors'][number];
export type SectorField = SectorTemplate['data'][number];
export type SectorValueName = (typeof sectorValueNames)[number];

/** The values for one card; each is text as printed (`BB-2611-000123`, `556016-0680`, `2031-11-22`). */
export type SectorValues = Readonly<Record<SectorValueName, string>>;
