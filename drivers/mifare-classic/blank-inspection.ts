import { decodeCardTag, type CardTag } from '../codec/card-tag.ts';
import { block0Problems } from '../codec/mifare-block0.ts';
import { dataBlocks, MIFARE_BLOCK_BYTES, sectorOf } from '../codec/mifare-layout.ts';
import { StationFault } from '../contracts/fault.ts';
import { tagBlockNumbers, type PlannedBlock, type PlannedSector } from './image.ts';
import type { MifareJob } from './job.ts';
import type { SectorOpener, SectorState } from './sector-opener.ts';
import type { MifareSession } from './session.ts';

/** A sector of the plan and how it was found. */
export interface FoundSector {
  readonly planned: PlannedSector;
  readonly state: SectorState;
}

/** What the chip looked like before anything was written. */
export interface CardFound {
  readonly sectors: readonly FoundSector[];
  /** Block 0, null when sector 0 is torn or closed. */
  readonly block0: Uint8Array | null;
  /** Data blocks of sectors as delivered that hold something: on a blank there are none. A tag of this job, half written too, does not count. */
  readonly filledBlocks: readonly number[];
  /** The tag: decoded, `none` when there is none or half of one, `unread` when its sector is torn or closed. */
  readonly tag: CardTag | 'none' | 'unread';
}

/** Looks at every sector and at every data block of those as delivered, writes nothing. The tag's sector comes last, so that it stands open afterwards. */
export async function inspectCard(session: MifareSession, opener: SectorOpener, plan: readonly PlannedSector[]): Promise<CardFound> {
  const sectors: FoundSector[] = [];
  let expected: 'transport' | 'done' = 'transport';
  let block0: Uint8Array | null = null;
  const filledBlocks: number[] = [];
  let tag: CardFound['tag'] = 'unread';
  for (const planned of [...plan].sort((a, b) => rank(a) - rank(b))) {
    const state = await opener.examine(planned, expected);
    sectors.push({ planned, state });
    if (state.kind !== 'transport' && state.kind !== 'done') continue;
    expected = state.kind;
    if (planned.sector === 0) block0 = await session.read(0);
    const isTag = planned.purpose === 'tag';
    const wanted = expected === 'transport' ? dataBlocks(planned.sector) : isTag ? tagBlockNumbers(planned.sector) : [];
    const contents = await readBlocks(session, wanted);
    if (isTag) tag = tagIn(planned, contents);
    if (expected === 'transport') filledBlocks.push(...contents.filter((found) => !mayStandOnABlank(planned, found)).map(({ block }) => block));
  }
  return { sectors, block0, filledBlocks, tag };
}

function rank(planned: PlannedSector): number {
  return planned.purpose === 'tag' ? Number.MAX_SAFE_INTEGER : planned.sector;
}

/** Blocks of the sector that stands open. One that cannot be read, although it must be, counts as filled. */
async function readBlocks(session: MifareSession, blocks: readonly number[]): Promise<readonly PlannedBlock[]> {
  const contents: PlannedBlock[] = [];
  for (const block of blocks) contents.push({ block, data: (await session.read(block)) ?? unreadable });
  return contents;
}

const unreadable = new Uint8Array(MIFARE_BLOCK_BYTES).fill(0xff);

function tagIn(planned: PlannedSector, contents: readonly PlannedBlock[]): CardTag | 'none' {
  const blocks = tagBlockNumbers(planned.sector);
  return decodeCardTag(Uint8Array.from(contents.filter(({ block }) => blocks.includes(block)).flatMap(({ data }) => [...data]))) ?? 'none';
}

/** Empty, or what a write of this job's tag that the field's loss interrupted can leave: bytes of the tag, erased ones, charged ones. */
function mayStandOnABlank(planned: PlannedSector, { block, data }: PlannedBlock): boolean {
  const own = planned.purpose === 'tag' ? planned.blocks.find((one) => one.block === block)?.data : undefined;
  return data.every((byte, index) => byte === 0x00 || (own !== undefined && (byte === 0xff || byte === own[index])));
}

/**
 * Decides whether a chip may be encoded, from how it was found: a fresh blank, or this job's own half-made card. Throws
 * `ENC-WRONG-BLANK` for a chip that is not as delivered, a clone or a random UID; `ENC-UID-USED` for one that carries
 * another attempt; `ENC-PARTIAL` with its sectors named for one of ours that cannot be mended.
 */
export function refuseUnfit(job: MifareJob, uid: Uint8Array, found: CardFound): void {
  const kinds = (kind: SectorState['kind']): readonly number[] => found.sectors.filter(({ state }) => state.kind === kind).map(({ planned }) => planned.sector);
  const [closed, done, torn] = [kinds('closed'), kinds('done'), kinds('torn')];
  const tagged = typeof found.tag === 'object';
  if (typeof found.tag === 'object' && (found.tag.orderId !== job.tag.orderId || found.tag.attempt !== job.tag.attempt)) {
    throw new StationFault('ENC-UID-USED', { note: `the chip is tagged ${found.tag.orderId} # ${found.tag.attempt}` });
  }
  const ours = tagged || done.length > 0;
  if (closed.length > 0 && ours) throw partial(closed, 'no key opens them');
  if (!ours && (closed.length > 0 || torn.length > 0)) throw wrongBlank(`sectors ${[...closed, ...torn].join(', ')} are not as delivered`);
  const problems = found.block0 === null ? [] : block0Problems(found.block0, uid, job.chip);
  if (problems.length > 0) throw wrongBlank(`block 0: ${problems.join(', ')}`);
  if (!ours && found.filledBlocks.length > 0) throw filled(found.filledBlocks);
  const erased = !job.keepTag && done.length === found.sectors.length;
  if (found.tag === 'none' && done.length > 0 && !erased) throw new StationFault('ENC-UID-USED', { note: 'the chip is locked with our keys and carries no tag' });
}

/** A card of ours that cannot be finished: its sectors are named for the one who looks at it. */
export function partial(sectors: readonly number[], note: string): StationFault {
  return new StationFault('ENC-PARTIAL', { note: `sectors ${sectors.join(', ')}: ${note}`, data: { sectors: sectors.join(',') } });
}

function wrongBlank(note: string): StationFault {
  return new StationFault('ENC-WRONG-BLANK', { note });
}

/** A chip that carries somebody's data is no blank, whatever its keys. */
function filled(blocks: readonly number[]): StationFault {
  const sectors = [...new Set(blocks.map(sectorOf))];
  return new StationFault('ENC-WRONG-BLANK', { note: `sectors ${sectors.join(', ')} hold data (blocks ${blocks.join(', ')})`, data: { sectors: sectors.join(',') } });
}
