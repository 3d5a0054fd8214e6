import { createHash, X509Certificate } from 'node:crypto';
import { keyReference } from '../codec/piv-algorithms.ts';
import { decodeChuid } from '../codec/piv-chuid.ts';
import { containerId } from '../codec/piv-containers.ts';
import { decodeDiscovery, pivAid } from '../codec/piv-discovery.ts';
import { parseCertificate } from '../codec/x509-certificate.ts';
import type { ContentSigner } from '../contracts/content-signer.ts';
import type { ApduChannel } from '../contracts/channel.ts';
import type { Clock, Wait } from '../contracts/clock.ts';
import { StationFault } from '../contracts/fault.ts';
import type { Secret } from '../contracts/secret.ts';
import type { KeyCustody } from '../contracts/keys.ts';
import { isContentSigner } from './certificate-check.ts';
import { readTag } from './identify.ts';
import { examineSlot } from './issue-slot.ts';
import type { PivCertificateReport, PivJob, PivReport, PivSlotPlan } from './job.ts';
import { opensWithFactory, opensWithPlanned } from './open-management.ts';
import { plannedMarks, plannedObjects, plannedPin, plannedSignedChuid, plannedSignedObjects, type PlannedObject } from './planned-objects.ts';
import { PivSession } from './session.ts';
import { bearsTries } from './set-references.ts';
import { certificateOfChuid, type SignedObject } from './signed-objects.ts';
import { nameText } from './subject-name.ts';

/** What a read-back needs beside the card. `chain` is the authority's, DER, issuing first, root last. */
export interface ReadBackParts {
  readonly keys: KeyCustody;
  readonly chain: readonly Uint8Array[];
  readonly clock: Clock;
  /** The station's content signer: its certificate, or an older one of the same authority, must have signed what is signed. Null when nothing is. */
  readonly signer?: Pick<ContentSigner, 'certificate'> | null;
}

/**
 * Proves that a chip is what was planned, by what it says and does: CHUID, CCC, tag, printed information and portrait as planned, with
 * the content signer's signatures;
 * certificates of the chain for keys that are in their slots (9E answers without the PIN, the others after it); the factory's
 * management key refused and the planned one taken; PIN and PUK not the factory's, with the planned tries where the card tells them. Takes contact. Writes nothing, but
 * for a PUK changed to itself on cards that cannot tell its state. `limit` is for each exchange.
 * Throws `ENC-VERIFY` naming what differs.
 */
export async function readBackPiv(job: PivJob, channel: ApduChannel, parts: ReadBackParts, limit: Wait): Promise<PivReport> {
  const session = new PivSession(channel, limit);
  if (!(await session.select())) throw differs('the chip has no PIV application');
  return proveChip(session, job, parts);
}

/** The same on a card that is selected already. */
export async function proveChip(session: PivSession, job: PivJob, parts: ReadBackParts): Promise<PivReport> {
  const chuid = await proveChuid(session, job, parts);
  await proveTag(session, job);
  await proveDiscovery(session);
  const objects = plannedObjects(job);
  const signed = chuid.signedBy === null ? [] : plannedSignedObjects(job);
  const proveObjects = async (afterPin: boolean): Promise<void> => {
    for (const object of objects.filter(({ behindPin }) => behindPin === afterPin)) await proveObject(session, object);
    for (const object of signed.filter(({ behindPin }) => behindPin === afterPin)) await proveSigned(session, object, chuid.signedBy);
  };
  await proveObjects(false);
  const free = await proveSlots(session, job, parts, null);
  await proveManagementKey(session, job, parts.keys);
  using pin = plannedPin(job);
  await proveReferences(session, job, pin);
  if (job.tries != null && (await bearsTries(session, job.tries)) === false) throw differs('the tries of PIN and PUK');
  const guarded = await proveSlots(session, job, parts, pin);
  await proveObjects(true);
  return report(job, chuid.contents, new Map([...free, ...guarded]));
}

/** What the CHUID says, and by whose certificate (DER) it is signed: a content signer's of this authority, or nobody's at a station without one. */
async function proveChuid(session: PivSession, job: PivJob, { signer, chain, clock }: ReadBackParts): Promise<{ readonly contents: Uint8Array; readonly signedBy: Uint8Array | null }> {
  const { chuid } = plannedMarks(job);
  if ((signer ?? null) === null) {
    await proveObject(session, chuid);
    return { contents: chuid.contents, signedBy: null };
  }
  const object = await session.getObject(chuid.id);
  const contents = object.kind === 'found' ? object.contents : new Uint8Array();
  const signedBy = certificateOfChuid(contents);
  if (signedBy === null) throw differs('CHUID is not signed');
  const isTrusted = Buffer.from(signedBy).equals(signer?.certificate ?? new Uint8Array()) || isContentSigner(signedBy, chain, clock.now());
  if (!isTrusted || !plannedSignedChuid(job).holds(contents, signedBy)) throw differs('CHUID');
  return { contents, signedBy };
}

async function proveObject(session: PivSession, planned: PlannedObject): Promise<void> {
  const object = await session.getObject(planned.id);
  if (object.kind !== 'found' || !Buffer.from(object.contents).equals(planned.contents)) throw differs(planned.act);
}

async function proveSigned(session: PivSession, planned: SignedObject, signedBy: Uint8Array | null): Promise<void> {
  const object = await session.getObject(planned.id);
  if (signedBy === null || object.kind !== 'found' || !planned.holds(object.contents, signedBy)) throw differs(planned.act);
}

async function proveTag(session: PivSession, job: PivJob): Promise<void> {
  if (job.tag === null) return;
  const tag = await readTag(session, job.tag.container);
  const isThere = tag?.orderId === job.tag.orderId && tag.attempt === job.tag.attempt;
  if (isThere !== job.keepTag || (!job.keepTag && tag !== null)) throw differs('tag');
}

async function proveDiscovery(session: PivSession): Promise<void> {
  const object = await session.getObject(containerId.discovery);
  if (object.kind !== 'found') return;
  const discovery = decodeDiscovery(object.contents);
  if (discovery === null || !Buffer.from(discovery.aid).equals(pivAid)) throw differs('discovery object');
}

/** Without a PIN the key that needs none, with it the others. */
async function proveSlots(session: PivSession, job: PivJob, parts: ReadBackParts, pin: Secret | null): Promise<Map<string, Uint8Array>> {
  const certificates = new Map<string, Uint8Array>();
  const isFree = ({ slot }: PivSlotPlan): boolean => slot === '9E';
  for (const plan of job.slots.filter((each) => isFree(each) === (pin === null))) {
    const state = await examineSlot(session, plan, { chain: parts.chain, clock: parts.clock, expiry: job.expiry, pin });
    if (state.kind === 'empty') throw differs(`no certificate ${plan.slot}`);
    if (state.kind === 'wrong') throw differs(`certificate ${plan.slot} ${state.problems.join(', ')}`);
    certificates.set(plan.slot, state.certificate);
  }
  return certificates;
}

async function proveManagementKey(session: PivSession, job: PivJob, keys: KeyCustody): Promise<void> {
  if (await opensWithFactory(session)) throw differs("the factory's management key still opens the card");
  if (!(await opensWithPlanned(session, job, keys))) throw differs('the planned management key does not open the card');
}

/** One verification with the planned PIN: where it is right no try is lost, where it is wrong the card is scrapped anyway. */
async function proveReferences(session: PivSession, job: PivJob, pin: Secret): Promise<void> {
  const answer = await session.verifyPin(pin);
  if (answer.kind === 'wrong') throw differs('the planned PIN is refused', { triesLeft: answer.triesLeft });
  const isDefault = (await session.metadata(keyReference.puk))?.isDefault ?? null;
  if (isDefault === false) return;
  if (isDefault === true) throw differs("the PUK is still the factory's");
  if ((await session.changeReference('PUK', job.puk, job.puk)).kind === 'wrong') throw differs('the planned PUK is refused');
}

function report(job: PivJob, chuidContents: Uint8Array, certificates: ReadonlyMap<string, Uint8Array>): PivReport {
  const chuid = decodeChuid(chuidContents);
  const guid = Buffer.from(chuid?.guid ?? new Uint8Array()).toString('hex').toUpperCase();
  const digest = createHash('sha256').update(guid).update(chuidContents);
  const reports = job.slots.map((plan): PivCertificateReport => {
    const der = certificates.get(plan.slot) ?? new Uint8Array();
    digest.update(plan.slot).update(der);
    return {
      slot: plan.slot,
      serial: new X509Certificate(der).serialNumber,
      sha256: createHash('sha256').update(der).digest('hex'),
      subject: nameText(parseCertificate(der).tbsCertificate.subject),
    };
  });
  return { guid, certificates: reports, digest: digest.digest('hex') };
}

function differs(note: string, data?: Readonly<Record<string, number>>): StationFault {
  return new StationFault('ENC-VERIFY', data === undefined ? { note } : { note, data });
}
