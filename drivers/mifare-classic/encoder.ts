import { decodeAccessBits } from '../codec/access-bits.ts';
import { encodeCardTag } from '../codec/card-tag.ts';
import { MIFARE_BLOCK_BYTES, trailerBlock } from '../codec/mifare-layout.ts';
import type { Wait } from '../contracts/clock.ts';
import type { EncoderIntent, IntentPort } from '../contracts/encoder.ts';
import { StationFault } from '../contracts/fault.ts';
import type { KeyCustody } from '../contracts/keys.ts';
import { inspectCard, partial, refuseUnfit, type CardFound, type FoundSector } from './blank-inspection.ts';
import { checkMifareJob } from './check-job.ts';
import { expectedReport, imageDigest, planSectors, readersOf, tagBlocks, type PlannedBlock, type PlannedSector } from './image.ts';
import type { MifareCard, MifareEncoding, MifareJob } from './job.ts';
import { SectorOpener, type Opener } from './sector-opener.ts';
import { openMifareSession, type MifareSession } from './session.ts';

/** Sectors are finished in this order: the directory last, because it makes the card valid for others (cards.md 1.8); the tag's before it. */
const ORDER: Readonly<Record<PlannedSector['purpose'], number>> = { company: 0, locked: 1, tag: 2, directory: 3 };

/** One run over one chip. */
class EncodingRun {
  readonly #job: MifareJob;
  readonly #session: MifareSession;
  readonly #opener: SectorOpener;
  readonly #intents: IntentPort;

  constructor(job: MifareJob, session: MifareSession, opener: SectorOpener, intents: IntentPort) {
    this.#job = job;
    this.#session = session;
    this.#opener = opener;
    this.#intents = intents;
  }

  /** The first write of all. Its sector stands open with the transport key, or is already ours and finished. */
  async writeTag(found: CardFound): Promise<void> {
    const tagSector = found.sectors.find(({ planned }) => planned.purpose === 'tag');
    if (tagSector?.state.kind !== 'transport' || typeof found.tag === 'object') return;
    const { sector } = tagSector.planned;
    await this.#journaled({ step: 'mifare', effect: 'repeatable', act: 'tag', data: { sector } }, async () => {
      await this.#writeBlocks(sector, tagBlocks(sector, encodeCardTag(this.#job.tag)));
    });
  }

  /** Brings one sector from the state it was found in to the planned one, and proves it. */
  async finish({ planned, state }: FoundSector): Promise<void> {
    switch (state.kind) {
      case 'transport':
        await this.#reopen(planned, { slot: 'A', key: 'transport' });
        if (planned.purpose !== 'tag') await this.#writeBlocks(planned.sector, planned.blocks);
        await this.#writeTrailer(planned);
        return;
      case 'torn':
        await this.#reopen(planned, state.opener);
        await this.#writeTrailer(planned);
        await this.#verifyBlocks(planned);
        return;
      case 'done':
        // What the tag says was read when the card was inspected; here it may have been erased already.
        if (planned.blocks.length === 0 || (planned.purpose === 'tag' && !this.#job.keepTag)) return;
        await this.#reopen(planned, { slot: 'B', key: 'planned' });
        await this.#verifyBlocks(planned);
        return;
      case 'closed':
        throw partial([planned.sector], 'no key opens it');
    }
  }

  async #reopen(planned: PlannedSector, opener: Opener): Promise<void> {
    if (!(await this.#opener.open(planned, opener))) throw partial([planned.sector], 'it opened before and does not now');
  }

  /**
   * Writes the trailer once and whole, then proves it with both new keys. The effect is `repeatable`: keys and bytes
   * follow from chip and job alone, a repeated run finds a whole trailer done or not begun, mends one torn where a key
   * still may, and scraps the card itself where none does.
   */
  async #writeTrailer(planned: PlannedSector): Promise<void> {
    const { sector } = planned;
    await this.#journaled({ step: 'mifare', effect: 'repeatable', act: `trailer ${sector}`, data: { sector, ...keyNames(planned) } }, async () => {
      const trailer = await this.#trailerBytes(planned);
      try {
        if (!(await this.#session.write(trailerBlock(sector), trailer))) throw partial([sector], 'the trailer was not written');
      } finally {
        trailer.fill(0);
      }
      if (!(await this.#opener.isDone(planned))) throw partial([sector], 'the new trailer does not prove right');
    });
  }

  async #trailerBytes(planned: PlannedSector): Promise<Uint8Array> {
    if (decodeAccessBits(planned.accessBytes) === null) throw new StationFault('ENC-PROFILE-INVALID', { note: `access bits of sector ${planned.sector} contradict themselves` });
    using keyA = await this.#opener.plannedKey(planned, 'A');
    using keyB = await this.#opener.plannedKey(planned, 'B');
    const trailer = new Uint8Array(MIFARE_BLOCK_BYTES);
    keyA.use((bytes) => trailer.set(bytes, 0));
    trailer.set(planned.accessBytes, 6);
    trailer[9] = planned.generalPurposeByte;
    keyB.use((bytes) => trailer.set(bytes, 10));
    return trailer;
  }

  async #writeBlocks(sector: number, blocks: readonly PlannedBlock[]): Promise<void> {
    for (const { block, data } of blocks) {
      if (!(await this.#session.write(block, data))) throw verify(sector, block, 'the chip did not take it');
    }
    for (const { block, data } of blocks) await this.#verifyBlock(sector, block, data);
  }

  /** Verifies the data of a sector that was written before this run; its key B is authenticated. */
  async #verifyBlocks(planned: PlannedSector): Promise<void> {
    for (const { block, data } of planned.blocks) {
      if (readersOf(planned, block) !== 'never') await this.#verifyBlock(planned.sector, block, data);
    }
  }

  async #verifyBlock(sector: number, block: number, expected: Uint8Array): Promise<void> {
    const actual = await this.#session.read(block);
    if (actual === null || !Buffer.from(actual).equals(expected)) throw verify(sector, block, 'it reads back otherwise');
  }

  async #journaled(intent: EncoderIntent, act: () => Promise<void>): Promise<void> {
    await this.#intents.intend(intent);
    await act();
    await this.#intents.achieved(intent);
  }
}

function verify(sector: number, block: number, note: string): StationFault {
  return new StationFault('ENC-VERIFY', { note: `sector ${sector}, block ${block}: ${note}`, data: { sector, block } });
}

function keyNames(planned: PlannedSector): Readonly<Record<string, string>> {
  const name = (source: PlannedSector['keyA']): string => (source === 'directory' ? source : `${source.key.label}#${source.key.version}`);
  return { keyA: name(planned.keyA), keyB: name(planned.keyB) };
}

/**
 * Encodes one MIFARE Classic chip by its job, in the tear-safe order of cards.md 1.8: look at everything, tag, data,
 * trailers, directory; every write is read back, every trailer proven with its new keys. Run again on a card that it
 * left half-made it completes it. `limit` bounds each exchange, not the whole.
 *
 * Throws `ENC-PROFILE-INVALID` for a job that cannot be; `QC-CROSSCHECK` when another chip is in the field;
 * `ENC-WRONG-BLANK`, `ENC-UID-USED` for a chip that must not be encoded (nothing was written then); `ENC-PARTIAL`
 * (`detail.data.sectors` names them) and `ENC-VERIFY` for a card to scrap; `KEY-*`, `LNK-*`, and what `intents` throws.
 */
export async function encodeMifare(job: MifareJob, card: MifareCard, keys: KeyCustody, intents: IntentPort, limit: Wait): Promise<MifareEncoding> {
  const [problem] = checkMifareJob(job);
  if (problem !== undefined) throw new StationFault(problem.code, problem.detail);
  using session = await openMifareSession(card, limit);
  refuseOtherChip(session, job);
  const opener = new SectorOpener(session, keys);
  const plan = planSectors(job);
  const found = await inspectCard(session, opener, plan);
  refuseUnfit(job, session.uid, found);
  const run = new EncodingRun(job, session, opener, intents);
  await run.writeTag(found);
  const inOrder = [...found.sectors].sort((a, b) => ORDER[a.planned.purpose] - ORDER[b.planned.purpose] || b.planned.sector - a.planned.sector);
  for (const sector of inOrder) await run.finish(sector);
  return {
    uid: job.uid,
    digest: imageDigest(job, plan.map(expectedReport)),
    alreadyDone: inOrder.filter(({ state }) => state.kind === 'done').map(({ planned }) => planned.sector),
  };
}

/** Throws `QC-CROSSCHECK` when the chip in the field is not the job's. */
export function refuseOtherChip(session: MifareSession, job: MifareJob): void {
  const uid = Buffer.from(session.uid).toString('hex').toUpperCase();
  if (uid !== job.uid) throw new StationFault('QC-CROSSCHECK', { note: `chip ${uid} is in the field, ${job.uid} was identified` });
}
