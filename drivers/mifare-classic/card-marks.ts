import { CARD_TAG_BYTES, decodeCardTag } from '../codec/card-tag.ts';
import { ADMINISTRATION_AID } from '../codec/mad.ts';
import { MIFARE_BLOCK_BYTES } from '../codec/mifare-layout.ts';
import type { Wait } from '../contracts/clock.ts';
import type { EncoderIntent, IntentPort } from '../contracts/encoder.ts';
import type { ChipEvidence } from '../contracts/evidence.ts';
import { StationFault } from '../contracts/fault.ts';
import type { KeyCustody, KeyReference } from '../contracts/keys.ts';
import { refuseOtherChip } from './encoder.ts';
import { tagBlockNumbers } from './image.ts';
import type { MifareCard, MifareJob } from './job.ts';
import { directoryKey, sectorKey, transportKey } from './sector-keys.ts';
import { openMifareSession, type MifareSession } from './session.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();

/** What identifies a chip before anything is known of it. */
export interface MifareIdentity {
  /** Upper-case hex. */
  readonly uid: string;
  /** Block 0, hex; null when neither the transport key nor the directory's opens sector 0. */
  readonly block0: string | null;
}

/** Reads UID and block 0 of a blank or a finished card. Writes nothing. Throws `ENC-MUTE`, `ENC-WRONG-BLANK` (no Classic UID), `LNK-*`. */
export async function identifyMifare(card: MifareCard, limit: Wait): Promise<MifareIdentity> {
  using session = await openMifareSession(card, limit);
  using transport = transportKey();
  using directory = directoryKey();
  const open = (await session.authenticate(0, 'A', transport, true)) || (await session.authenticate(0, 'A', directory));
  const block0 = open ? await session.read(0) : null;
  return { uid: hex(session.uid), block0: block0 === null ? null : hex(block0) };
}

/** Where the tag stands and with which key its sector is locked. */
export interface TagPlace {
  readonly sector: number;
  readonly lock: KeyReference;
}

/**
 * Reads UID and tag of whatever card is in the field: a fresh blank, a half-made card, a finished one. The tag is null
 * when there is none, when it is torn, and when neither transport key nor lock opens its sector. Writes nothing.
 */
export async function readMifareTag(card: MifareCard, keys: KeyCustody, place: TagPlace, limit: Wait): Promise<ChipEvidence> {
  using session = await openMifareSession(card, limit);
  using transport = transportKey();
  const open = (await session.authenticate(place.sector, 'A', transport, true)) || (await openLocked(session, keys, place));
  return { uid: hex(session.uid), tag: open ? await readTag(session, place.sector) : null };
}

/**
 * Erases the tag of a finished card whose profile does not keep it, and proves that it is gone. Repeatable. Throws
 * `QC-CROSSCHECK` for another chip, `ENC-VERIFY` when the tag stays, `ENC-AUTH` when the sector is not locked as the job says.
 */
export async function eraseTag(job: MifareJob, card: MifareCard, keys: KeyCustody, intents: IntentPort, limit: Wait): Promise<void> {
  if (job.keepTag) throw new StationFault('STA-BUG', { note: 'the profile keeps the tag' });
  using session = await openMifareSession(card, limit);
  refuseOtherChip(session, job);
  const { sector } = job.tag;
  if (!(await openLocked(session, keys, { sector, lock: job.lock }))) throw new StationFault('ENC-AUTH', { data: { sector } });
  const intent: EncoderIntent = { step: 'mifare', effect: 'repeatable', act: 'erase tag', data: { sector } };
  await intents.intend(intent);
  const empty = new Uint8Array(MIFARE_BLOCK_BYTES);
  for (const block of tagBlockNumbers(sector)) {
    if (!(await session.write(block, empty))) throw new StationFault('ENC-VERIFY', { data: { sector, block } });
  }
  for (const block of tagBlockNumbers(sector)) {
    const left = await session.read(block);
    if (left === null || left.some((byte) => byte !== 0)) throw new StationFault('ENC-VERIFY', { note: 'the tag is still there', data: { sector, block } });
  }
  await intents.achieved(intent);
}

async function openLocked(session: MifareSession, keys: KeyCustody, place: TagPlace): Promise<boolean> {
  using key = await sectorKey(keys, { key: place.lock, aid: ADMINISTRATION_AID.free }, { uid: session.uid, sector: place.sector, slot: 'B' });
  return await session.authenticate(place.sector, 'B', key);
}

async function readTag(session: MifareSession, sector: number): Promise<ChipEvidence['tag']> {
  const bytes = new Uint8Array(CARD_TAG_BYTES);
  for (const [index, block] of tagBlockNumbers(sector).entries()) {
    const data = await session.read(block);
    if (data === null) return null;
    bytes.set(data, index * MIFARE_BLOCK_BYTES);
  }
  return decodeCardTag(bytes);
}
