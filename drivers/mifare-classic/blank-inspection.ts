import { decodeCardTag, type CardTag } from '../codec/card-tag.ts';
import { block0Problems } from '../codec/mifare-block0.ts';
import { dataBlocks } from '../codec/mifare-layout.ts';
import { StationFault } from '../contracts/fault.ts';
import { tagBlockNumbers, type PlannedSector } from './image.ts';
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
  /** Whether the directory's blocks were empty; null when sector 0 is not as delivered. */
  readonly directoryEmpty: boolean | null;
  /** The tag: decoded, `none` when there is none or half of one, `unread` when its sector is torn or closed. */
  readonly tag: CardTag | 'none' | 'unread';
}

/** Looks at every sector, writes nothing. The tag's sector comes last, so that it stands open afterwards. */
export async function inspectCard(session: MifareSession, opener: SectorOpener, plan: readonly PlannedSector[]): Promise<CardFound> {
  const sectors: FoundSector[] = [];
  let expected: 'transport' | 'done' = 'transport';
  let block0: Uint8Array | null = null;
  let directoryEmpty: boolean | null = null;
  let tag: CardFound['tag'] = 'unread';
  for (const planned of [...plan].sort((a, b) => rank(a) - rank(b))) {
    const state = await opener.examine(planned, expected);
    sectors.push({ planned, state });
    const readable = state.kind === 'transport' || state.kind === 'done';
    if (readable) expected = state.kind === 'done' ? 'done' : 'transport';
    if (planned.sector === 0 && readable) block0 = await session.read(0);
    if (planned.sector === 0 && state.kind === 'transport') directoryEmpty = isEmpty(await readAll(session, dataBlocks(0)));
    if (planned.purpose === 'tag' && readable) tag = decodeCardTag(await readAll(session, tagBlockNumbers(planned.sector))) ?? 'none';
  }
  return { sectors, block0, directoryEmpty, tag };
}

function rank(planned: PlannedSector): number {
  return planned.purpose === 'tag' ? Number.MAX_SAFE_INTEGER : planned.sector;
}

async function readAll(session: MifareSession, blocks: readonly number[]): Promise<Uint8Array> {
  const contents: number[] = [];
  for (const block of blocks) contents.push(...((await session.read(block)) ?? []));
  return Uint8Array.from(contents);
}

function isEmpty(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
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
  if (!ours && found.directoryEmpty === false) throw wrongBlank('the directory is not empty');
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
