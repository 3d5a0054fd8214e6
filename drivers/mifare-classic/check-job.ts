import { encodeAccessBits, keyBIsReadable } from '../codec/access-bits.ts';
import { encodeCardTag } from '../codec/card-tag.ts';
import { ADMINISTRATION_AID } from '../codec/mad.ts';
import { dataBlocks, hasSecondDirectory, MIFARE_BLOCK_BYTES, SECOND_DIRECTORY_SECTOR, sectorCount } from '../codec/mifare-layout.ts';
import { StationFault } from '../contracts/fault.ts';
import type { Finding } from '../contracts/finding.ts';
import type { MifareJob, MifareSectorJob } from './job.ts';

/** Everything wrong with a job that can be seen without a card: sectors that collide, blocks, AIDs, access conditions, tag, UID. Empty when it can be encoded. */
export function checkMifareJob(job: MifareJob): readonly Finding[] {
  const findings: Finding[] = [];
  const invalid = (field: string, note: string): void => void findings.push({ code: 'ENC-PROFILE-INVALID', field, detail: { field, note } });
  if (!/^([0-9A-F]{8}|[0-9A-F]{14})$/.test(job.uid)) invalid('uid', 'a UID is 4 or 7 bytes in upper-case hexadecimal');
  const taken = new Set<number>([0, ...(hasSecondDirectory(job.chip) ? [SECOND_DIRECTORY_SECTOR] : [])]);
  const take = (field: string, sector: number): void => {
    if (!Number.isInteger(sector) || sector < 0 || sector >= sectorCount(job.chip)) invalid(field, `a ${job.chip} has no sector ${sector}`);
    else if (taken.has(sector)) invalid(field, `sector ${sector} is taken`);
    taken.add(sector);
  };
  take('tag.sector', job.tag.sector);
  job.sectors.forEach((entry, index) => {
    take(`sectors.${index}.sector`, entry.sector);
    for (const { part, note } of sectorProblems(entry)) invalid(`sectors.${index}.${part}`, note);
  });
  if (job.publisherSector !== 0 && !job.sectors.some((entry) => entry.sector === job.publisherSector)) {
    invalid('publisherSector', `sector ${job.publisherSector} is not a sector of this job`);
  }
  const tagProblem = faultOf(() => encodeCardTag(job.tag));
  if (tagProblem !== null) findings.push({ code: tagProblem.code, field: `tag.${tagProblem.detail.field ?? ''}`, detail: tagProblem.detail });
  return findings;
}

interface SectorProblem {
  readonly part: string;
  readonly note: string;
}

function sectorProblems(entry: MifareSectorJob): readonly SectorProblem[] {
  const problems: SectorProblem[] = [];
  const expected = entry.sector === 0 ? 0 : dataBlocks(entry.sector).length;
  if (entry.blocks.length !== expected || entry.blocks.some((block) => block.length !== MIFARE_BLOCK_BYTES)) {
    problems.push({ part: 'blocks', note: `sector ${entry.sector} takes ${expected} blocks of ${MIFARE_BLOCK_BYTES} bytes` });
  }
  const reserved: readonly string[] = Object.values(ADMINISTRATION_AID);
  if (!/^[0-9A-F]{4}$/.test(entry.aid) || reserved.includes(entry.aid)) problems.push({ part: 'aid', note: `${entry.aid} is not the AID of an application` });
  const access = faultOf(() => encodeAccessBits(entry.access));
  if (access !== null) problems.push({ part: access.detail.field ?? 'access', note: access.detail.note ?? '' });
  else if (keyBIsReadable(entry.access)) problems.push({ part: 'access.trailer', note: 'key B would be readable data, and key A could rewrite the sector' });
  return problems;
}

function faultOf(act: () => unknown): StationFault | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof StationFault) return error;
    throw error;
  }
}
