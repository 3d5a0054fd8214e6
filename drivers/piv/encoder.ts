import { keyReference } from '../codec/piv-algorithms.ts';
import { containerId } from '../codec/piv-containers.ts';
import { applicationPinOnly, decodeDiscovery, encodeDiscovery } from '../codec/piv-discovery.ts';
import { statusWord } from '../codec/status-word.ts';
import type { KnownAuthority } from '../contracts/certificate-authority.ts';
import type { ApduChannel, SecureChannel, SecureChannelOpener } from '../contracts/channel.ts';
import type { Clock, Wait } from '../contracts/clock.ts';
import type { ContentSigner } from '../contracts/content-signer.ts';
import type { IntentPort } from '../contracts/encoder.ts';
import { StationFault } from '../contracts/fault.ts';
import type { KeyCustody } from '../contracts/keys.ts';
import { defaultTagContainer, readGuid, readTag } from './identify.ts';
import { examineSlot, issueSlot, writeKept, type Issuance } from './issue-slot.ts';
import type { PivJob, PivReport, PivSlotPlan } from './job.ts';
import { repeatable } from './lasting-act.ts';
import { keyReplacementOf, openManagement, plannedManagementKey } from './open-management.ts';
import { certificateContainer, checkPivJob, plannedMarks, plannedObjects, plannedPin, plannedSignedChuid, plannedSignedObjects, type PlannedObject } from './planned-objects.ts';
import { proveChip } from './read-back.ts';
import { recognise } from './recognise.ts';
import { refusedBy } from './refusal.ts';
import { PivSession, type KeyReplacement } from './session.ts';
import { settlePin, settlePuk, settleTries } from './set-references.ts';
import type { SignedObject } from './signed-objects.ts';

/** What the encoder works with beside the card. */
export interface PivEncoderParts {
  readonly keys: KeyCustody;
  readonly ca: KnownAuthority;
  readonly intents: IntentPort;
  readonly clock: Clock;
  /** Opens the secure channel of a blank that wants one; without it such blanks are refused. */
  readonly openChannel?: SecureChannelOpener;
  /** Signs CHUID, portrait and security object; without one the CHUID stands unsigned and the others are not written. */
  readonly signer?: ContentSigner | null;
  /** How long the card may wait for the authority, for its chain and for each certificate. */
  readonly certificateTimeoutMs: number;
}

/** The work on one card. `isOurs`: an earlier run of this order and attempt began it. */
interface Work {
  readonly job: PivJob;
  readonly session: PivSession;
  readonly parts: PivEncoderParts;
  readonly isOurs: boolean;
}

/**
 * Issues one PIV chip over contact, from a blank or from wherever an earlier run of the same order and attempt left it,
 * and proves the result. All that may be repeated comes first; the certificates, which may not, come last.
 * `limit` is for each exchange with the chip. Throws `ENC-PROFILE-INVALID` before the card is touched, `ENC-WRONG-BLANK`
 * for a chip without PIV or without what the profile needs, `KEY-CHANNEL` for a blank whose secure channel the profile's keys do not open, `ENC-UID-USED` for another order's card, `ENC-AUTH` for a
 * blank that does not open with the factory's keys, `ENC-PARTIAL` for a card of ours that cannot be finished,
 * `ENC-KEYGEN`, `ENC-CERT-MISMATCH`, `ENC-VERIFY`, and the faults of channel, keys, authority and journal.
 */
export async function encodePiv(job: PivJob, channel: ApduChannel, parts: PivEncoderParts, limit: Wait): Promise<PivReport> {
  checkPivJob(job);
  const signer = parts.signer ?? null;
  if (signer === null && (job.facialImage ?? null) !== null) throw new StationFault('ENC-PROFILE-INVALID', { field: 'facialImage', note: 'the station has no content signer' });
  const bare = new PivSession(channel, limit);
  if (!(await bare.select())) throw new StationFault('ENC-WRONG-BLANK', { note: 'the chip has no PIV application' });
  using secure = await secured(job, channel, parts, limit);
  const session = secure === null ? bare : new PivSession(secure, limit);
  const certificateLimit: Wait = { signal: limit.signal, timeoutMs: parts.certificateTimeoutMs };
  const work: Work = { job, session, parts, isOurs: await isCardOfJob(session, job) };
  await personalise(work);
  using pin = plannedPin(job);
  await issue(work, { ca: parts.ca, intents: parts.intents, keys: parts.keys, clock: parts.clock, expiry: job.expiry, certificateLimit, pin });
  await dropTag(work);
  return await proveChip(session, job, { keys: parts.keys, chain: await parts.ca.knownChain(certificateLimit), clock: parts.clock, signer });
}

/** The channel that the profile asks for, or null for a blank that takes orders in clear. */
async function secured({ secureChannel }: PivJob, channel: ApduChannel, { openChannel }: PivEncoderParts, limit: Wait): Promise<SecureChannel | null> {
  if (secureChannel === null) return null;
  if (openChannel === undefined) throw new StationFault('ENC-PROFILE-INVALID', { field: 'secureChannel', note: 'the station opens no secure channel' });
  return await openChannel(channel, secureChannel, limit);
}

async function isCardOfJob(session: PivSession, job: PivJob): Promise<boolean> {
  const tag = await readTag(session, job.tag?.container ?? defaultTagContainer);
  const recognition = recognise({ tag, guid: await readGuid(session) }, job);
  if (recognition === 'ours') return true;
  const isUsed = recognition === 'foreign' || (await hasCertificates(session, job));
  if (isUsed) throw new StationFault('ENC-UID-USED', { note: 'the chip carries the marks of another card' });
  return false;
}

async function hasCertificates(session: PivSession, job: PivJob): Promise<boolean> {
  for (const { slot } of job.slots) {
    if ((await session.getObject(certificateContainer(slot))).kind === 'found') return true;
  }
  return false;
}

/** Everything that may be done twice: marks, management key, objects, PIN, PUK. */
async function personalise(work: Work): Promise<void> {
  const { job, session, parts, isOurs } = work;
  const told = await session.metadata(keyReference.management);
  const replacement = await keyReplacementOf(session, told, job.secureChannel !== null);
  const openedBy = await openManagement(session, job, parts.keys, told, isOurs);
  if (openedBy === null) throw new StationFault(isOurs ? 'ENC-PARTIAL' : 'ENC-AUTH', { note: 'no management key opens the card' });
  const { tag, chuid } = plannedMarks(job);
  if (tag !== null && !(isOurs && !job.keepTag && openedBy === 'planned')) await ensureObject(work, tag);
  const signer = parts.signer ?? null;
  await (signer === null ? ensureObject(work, chuid) : ensureSigned(work, plannedSignedChuid(job), signer));
  if (openedBy === 'factory') await replaceManagementKey(work, replacement);
  for (const object of plannedObjects(job)) await ensureObject(work, object);
  if (signer !== null) for (const object of plannedSignedObjects(job)) await ensureSigned(work, object, signer);
  await ensureDiscovery(work);
  using pin = plannedPin(job);
  const tries = job.tries ?? null;
  if (tries !== null) await repeatable(parts.intents, 'tries', () => settleTries(session, tries, isOurs));
  await repeatable(parts.intents, 'PUK', () => settlePuk(session, job.puk, isOurs));
  await repeatable(parts.intents, 'PIN', () => settlePin(session, pin, isOurs));
}

/** Writes an object and reads it back, unless it stands there already. What is behind the PIN is written anew and read at the end. */
async function ensureObject({ session, parts, isOurs }: Work, planned: PlannedObject): Promise<void> {
  if (isOurs && !planned.behindPin && (await stands(session, planned))) return;
  await repeatable(parts.intents, planned.act, () => write(session, planned));
}

/** The same for an object that is signed anew: one that stands and whose signature holds is left. */
async function ensureSigned({ session, parts, isOurs }: Work, planned: SignedObject, signer: ContentSigner): Promise<void> {
  const found = isOurs && !planned.behindPin ? await session.getObject(planned.id) : null;
  if (found?.kind === 'found' && planned.holds(found.contents, signer.certificate)) return;
  const { id, act, behindPin } = planned;
  const contents = await planned.make(signer);
  await repeatable(parts.intents, act, () => write(session, { id, act, behindPin, contents }));
}

async function write(session: PivSession, planned: PlannedObject): Promise<void> {
  const sw = await session.putObject(planned.id, planned.contents);
  if (sw !== statusWord.ok) throw refusedBy(`write ${planned.id}`, sw);
  if (!planned.behindPin && !(await stands(session, planned))) throw new StationFault('ENC-VERIFY', { note: `${planned.act} reads back otherwise` });
}

async function stands(session: PivSession, planned: PlannedObject): Promise<boolean> {
  const object = await session.getObject(planned.id);
  return object.kind === 'found' && Buffer.from(object.contents).equals(planned.contents);
}

/** A card may keep a discovery object of its own: then that one stays, and the read-back holds it against PIV. */
async function ensureDiscovery({ session, parts }: Work): Promise<void> {
  const object = await session.getObject(containerId.discovery);
  const discovery = object.kind === 'found' ? decodeDiscovery(object.contents) : null;
  if (discovery?.pinUsagePolicy === applicationPinOnly) return;
  await repeatable(parts.intents, 'discovery', () => session.putObject(containerId.discovery, encodeDiscovery(applicationPinOnly)));
}

async function replaceManagementKey({ job, session, parts }: Work, way: KeyReplacement): Promise<void> {
  const { next, algorithm } = job.managementKey;
  using key = await plannedManagementKey(job, parts.keys);
  await repeatable(parts.intents, 'management key', () => session.setManagementKey(way, algorithm, key), { key: next.label, version: next.version });
}

/** Where no certificate is missing the authority is not asked. Else it is asked for its chain first, before a key is made. */
async function issue({ job, session, isOurs }: Work, issuance: Omit<Issuance, 'chain'>): Promise<void> {
  let chain: readonly Uint8Array[] | null = null;
  for (const plan of job.slots) {
    if (isOurs && (await isIssued(session, plan, issuance))) continue;
    chain ??= await issuance.ca.chain(issuance.certificateLimit);
    await issueSlot(session, plan, { ...issuance, chain });
  }
}

async function isIssued(session: PivSession, plan: PivSlotPlan, issuance: Omit<Issuance, 'chain'>): Promise<boolean> {
  const state = await examineSlot(session, plan, { ...issuance, chain: await issuance.ca.knownChain(issuance.certificateLimit) });
  return state.kind === 'good' || (await writeKept(session, plan, issuance));
}

async function dropTag({ job, session, parts }: Work): Promise<void> {
  const { tag, keepTag } = job;
  if (tag === null || keepTag || (await readTag(session, tag.container)) === null) return;
  await repeatable(parts.intents, 'drop tag', async () => {
    const sw = await session.putObject(tag.container, new Uint8Array());
    if (sw !== statusWord.ok) throw refusedBy(`write ${tag.container}`, sw);
  });
}
