import { createHash } from 'node:crypto';
import { encodeAccessBits, ONLY_B, READ_A_WRITE_B, type KeySet, type SectorAccess } from '../codec/access-bits.ts';
import { CARD_TAG_BYTES, encodeCardTag } from '../codec/card-tag.ts';
import { ADMINISTRATION_AID, DIRECTORY_GPB, encodeDirectory } from '../codec/mad.ts';
import { accessGroup, dataBlocks, hasSecondDirectory, MIFARE_BLOCK_BYTES, SECOND_DIRECTORY_SECTOR, sectorCount } from '../codec/mifare-layout.ts';
import type { KeyReference } from '../contracts/keys.ts';
import type { MifareJob, MifareSectorJob, MifareSectorReport } from './job.ts';

/** General purpose byte of a trailer without a directory, as chips are delivered. */
const DELIVERY_GPB = 0x69;

/** Where one key of a sector comes from: public knowledge, or derived from a master key for this chip, sector and slot. */
export type SectorKeySource = 'directory' | { readonly key: KeyReference; readonly aid: string };

/** One data block as it shall stand on the chip. */
export interface PlannedBlock {
  readonly block: number;
  readonly data: Uint8Array;
}

/** One sector as it shall stand on the finished chip. `blocks` holds what is written: nothing for locked sectors. */
export interface PlannedSector {
  readonly sector: number;
  readonly purpose: MifareSectorReport['purpose'];
  readonly aid: string;
  readonly blocks: readonly PlannedBlock[];
  readonly access: SectorAccess;
  readonly accessBytes: Uint8Array;
  readonly generalPurposeByte: number;
  readonly keyA: SectorKeySource;
  readonly keyB: SectorKeySource;
}

/**
 * Every sector of the chip as the job wants it, in order of their numbers. Pure: all that can be wrong with a job is
 * found by `checkMifareJob` first. Throws `ENC-PROFILE-INVALID` for access conditions that no chip has.
 */
export function planSectors(job: MifareJob): readonly PlannedSector[] {
  return Array.from({ length: sectorCount(job.chip) }, (_, sector) => planSector(job, sector));
}

function planSector(job: MifareJob, sector: number): PlannedSector {
  const company = job.sectors.find((entry) => entry.sector === sector);
  if (company !== undefined) return companySector(company);
  const locked = { key: job.lock, aid: ADMINISTRATION_AID.free };
  if (sector === 0) return directorySector(job, 0, locked);
  if (sector === SECOND_DIRECTORY_SECTOR && hasSecondDirectory(job.chip)) return directorySector(job, sector, locked);
  const isTag = sector === job.tag.sector;
  return {
    sector,
    purpose: isTag ? 'tag' : 'locked',
    aid: aidOf(job, sector),
    blocks: isTag ? tagBlocks(sector, encodeCardTag(job.tag)) : [],
    access: ONLY_B,
    accessBytes: encodeAccessBits(ONLY_B),
    generalPurposeByte: DELIVERY_GPB,
    keyA: locked,
    keyB: locked,
  };
}

function companySector(entry: MifareSectorJob): PlannedSector {
  const { sector, aid, access } = entry;
  return {
    sector,
    purpose: 'company',
    aid,
    blocks: inBlocks(dataBlocks(sector), entry.blocks),
    access,
    accessBytes: encodeAccessBits(access),
    generalPurposeByte: DELIVERY_GPB,
    keyA: { key: entry.keyA, aid },
    keyB: { key: entry.keyB, aid },
  };
}

function directorySector(job: MifareJob, sector: number, keyB: SectorKeySource): PlannedSector {
  const second = sector !== 0;
  const aids = second ? sectorsBetween(17, 39) : sectorsBetween(1, 15);
  const encoded = encodeDirectory({ version: second ? 2 : 1, publisherSector: job.publisherSector, aids: aids.map((number) => aidOf(job, number)) });
  return {
    sector,
    purpose: 'directory',
    aid: ADMINISTRATION_AID.free,
    blocks: inBlocks(dataBlocks(sector), chunked(encoded)),
    access: READ_A_WRITE_B,
    accessBytes: encodeAccessBits(READ_A_WRITE_B),
    generalPurposeByte: DIRECTORY_GPB[hasSecondDirectory(job.chip) ? 2 : 1],
    keyA: 'directory',
    keyB,
  };
}

/** What the directory says of a sector: its company's AID, `reserved` for a tag that stays, `free` for everything else. */
function aidOf(job: MifareJob, sector: number): string {
  const company = job.sectors.find((entry) => entry.sector === sector);
  if (company !== undefined) return company.aid;
  return sector === job.tag.sector && job.keepTag ? ADMINISTRATION_AID.reserved : ADMINISTRATION_AID.free;
}

/** The blocks of the tag in its sector: the first of the sector, as many as the tag fills. */
export function tagBlocks(sector: number, encoded: Uint8Array): readonly PlannedBlock[] {
  return inBlocks(dataBlocks(sector), chunked(encoded));
}

/** Numbers of the blocks that hold the tag in its sector. */
export function tagBlockNumbers(sector: number): readonly number[] {
  return dataBlocks(sector).slice(0, CARD_TAG_BYTES / MIFARE_BLOCK_BYTES);
}

/** Which key reads a block of a sector, by its access conditions. */
export function readersOf(planned: PlannedSector, block: number): KeySet {
  const group = accessGroup(block);
  return group === 3 ? planned.access.trailer.readAccess : planned.access.data[group as 0 | 1 | 2].read;
}

/** What the read-back of a right card reports of its sectors, `tag` and `keepTag` aside: blocks that no key may read are not in it. */
export function expectedReport(planned: PlannedSector): MifareSectorReport {
  const readable = planned.blocks.filter(({ block }) => readersOf(planned, block) !== 'never');
  return {
    sector: planned.sector,
    purpose: planned.purpose,
    aid: planned.aid,
    access: Buffer.from(planned.accessBytes).toString('hex').toUpperCase(),
    generalPurposeByte: planned.generalPurposeByte.toString(16).toUpperCase().padStart(2, '0'),
    blocks: readable.map(({ data }) => Buffer.from(data).toString('hex').toUpperCase()),
  };
}

/**
 * SHA-256 (hex) over the UID and the sectors as reported. A tag that does not stay is left out, so that the digest is the
 * same before and after it is erased. Keys are not in it.
 */
export function imageDigest(job: MifareJob, sectors: readonly MifareSectorReport[]): string {
  const lasting = sectors.map((report) => (report.purpose === 'tag' && !job.keepTag ? { ...report, blocks: [] } : report));
  const lines = lasting.map((report) => [report.sector, report.purpose, report.aid, report.access, report.generalPurposeByte, ...report.blocks].join(' '));
  return createHash('sha256').update([job.chip, job.uid, ...lines].join('\n')).digest('hex');
}

function sectorsBetween(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function chunked(bytes: Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: bytes.length / MIFARE_BLOCK_BYTES }, (_, index) => bytes.slice(index * MIFARE_BLOCK_BYTES, (index + 1) * MIFARE_BLOCK_BYTES));
}

function inBlocks(numbers: readonly number[], contents: readonly Uint8Array[]): readonly PlannedBlock[] {
  return contents.flatMap((data, index) => {
    const block = numbers[index];
    return block === undefined ? [] : [{ block, data }];
  });
}
