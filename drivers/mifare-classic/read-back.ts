import { decodeCardTag, type CardTag } from '../codec/card-tag.ts';
import { decodeDirectory } from '../codec/mad.ts';
import type { Wait } from '../contracts/clock.ts';
import { StationFault } from '../contracts/fault.ts';
import type { KeyCustody } from '../contracts/keys.ts';
import { refuseOtherChip } from './encoder.ts';
import { expectedReport, imageDigest, planSectors, readersOf, tagBlockNumbers, type PlannedSector } from './image.ts';
import type { MifareCard, MifareJob, MifareReport, MifareSectorReport } from './job.ts';
import { SectorOpener } from './sector-opener.ts';
import { openMifareSession, type MifareSession } from './session.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();

/**
 * Reads a finished chip back and proves all of it against its job: both keys of every sector, access bits, data, the
 * directory's CRC, block 0. Writes nothing. A tag that does not stay may be there still (it must be this job's) or be erased.
 * Throws `ENC-VERIFY` (`detail.data` names sector and block) for anything else, `QC-CROSSCHECK` for another chip, `KEY-*`, `LNK-*`.
 */
export async function readBackMifare(job: MifareJob, card: MifareCard, keys: KeyCustody, limit: Wait): Promise<MifareReport> {
  using session = await openMifareSession(card, limit);
  refuseOtherChip(session, job);
  const opener = new SectorOpener(session, keys);
  const sectors: MifareSectorReport[] = [];
  let block0 = '';
  let tag: CardTag | null = null;
  for (const planned of planSectors(job)) {
    if (!(await opener.isDone(planned))) throw wrong(planned.sector, 'its keys or access bits are not the planned ones');
    if (planned.sector === 0) block0 = hex(await read(session, 0, 0));
    if (planned.purpose === 'tag') tag = await readTag(session, planned);
    sectors.push(await readSector(session, planned));
  }
  compare(job, sectors, tag);
  return { uid: job.uid, digest: imageDigest(job, sectors), block0, tag, publisherSector: publisherOf(sectors), sectors };
}

/** Every planned block that a key may read, as it stands on the chip. Key B of the sector is authenticated. */
async function readSector(session: MifareSession, planned: PlannedSector): Promise<MifareSectorReport> {
  const blocks: string[] = [];
  for (const { block } of planned.blocks) {
    if (readersOf(planned, block) !== 'never') blocks.push(hex(await read(session, planned.sector, block)));
  }
  return { ...expectedReport(planned), blocks };
}

async function readTag(session: MifareSession, planned: PlannedSector): Promise<CardTag | null> {
  const bytes: number[] = [];
  for (const block of tagBlockNumbers(planned.sector)) bytes.push(...(await read(session, planned.sector, block)));
  return decodeCardTag(Uint8Array.from(bytes));
}

async function read(session: MifareSession, sector: number, block: number): Promise<Uint8Array> {
  const data = await session.read(block);
  if (data === null) throw wrong(sector, `block ${block} cannot be read`);
  return data;
}

function compare(job: MifareJob, sectors: readonly MifareSectorReport[], tag: CardTag | null): void {
  planSectors(job).forEach((planned, index) => {
    const expected = expectedReport(planned).blocks;
    const actual = sectors[index]?.blocks ?? [];
    const erased = planned.purpose === 'tag' && !job.keepTag && tag === null && actual.every((block) => /^0+$/.test(block));
    const block = expected.findIndex((data, at) => data !== actual[at]);
    if (block >= 0 && !erased) throw wrong(planned.sector, `data block ${block} reads otherwise`);
  });
}

function publisherOf(sectors: readonly MifareSectorReport[]): number {
  const directory = decodeDirectory(Uint8Array.from(Buffer.from(sectors[0]?.blocks.join('') ?? '', 'hex')), 1);
  if (directory === null) throw wrong(0, 'the directory does not verify');
  return directory.publisherSector;
}

function wrong(sector: number, note: string): StationFault {
  return new StationFault('ENC-VERIFY', { note: `sector ${sector}: ${note}`, data: { sector } });
}
