import { encodeCardTag } from '../codec/card-tag.ts';
import { encodeCardCapability, cardIdentifier } from '../codec/piv-ccc.ts';
import { encodeChuid, type Chuid } from '../codec/piv-chuid.ts';
import { containerId, type ContainerId } from '../codec/piv-containers.ts';
import { encodeFascN } from '../codec/piv-fasc-n.ts';
import { encodeKeyHistory } from '../codec/piv-key-history.ts';
import { padPin } from '../codec/piv-pin.ts';
import { encodePrintedInformation } from '../codec/piv-printed-information.ts';
import { isVouchable } from '../codec/piv-security-object.ts';
import { StationFault } from '../contracts/fault.ts';
import { Secret } from '../contracts/secret.ts';
import type { IssuedSlot, PivJob } from './job.ts';
import { securityObject, signedChuid, signedFacialImage, type SignedObject } from './signed-objects.ts';

/** One data object as it shall stand on the card. */
export interface PlannedObject {
  readonly id: ContainerId;
  readonly contents: Uint8Array;
  /** The act's name in the journal. */
  readonly act: string;
  /** Readable only after the PIN. */
  readonly behindPin: boolean;
}

/** What the card identifies itself by, written before anything else. */
export interface PlannedMarks {
  readonly tag: PlannedObject | null;
  readonly chuid: PlannedObject;
}

/** Tag and CHUID: whoever finds the card half made knows by them whose it is. */
export function plannedMarks(job: PivJob): PlannedMarks {
  const tag = job.tag === null ? null : { id: job.tag.container, contents: encodeCardTag(job.tag), act: 'tag', behindPin: false };
  const contents = encodeChuid({ ...chuidOf(job), issuerSignature: new Uint8Array() });
  return { tag, chuid: { id: containerId.chuid, contents, act: 'CHUID', behindPin: false } };
}

/** The CHUID of a station with a content signer. */
export function plannedSignedChuid(job: PivJob): SignedObject {
  return signedChuid(chuidOf(job));
}

/** The other signed objects: the portrait, and the security object over what carries no signature of its own. */
export function plannedSignedObjects(job: PivJob): readonly SignedObject[] {
  const { facialImage } = job;
  const vouched = securityObject(plannedObjects(job).filter(({ id }) => isVouchable(id)));
  if (facialImage === undefined || facialImage === null) return [vouched];
  return [signedFacialImage(facialImage, encodeFascN(job.fascN), guidBytes(job.guid)), vouched];
}

function chuidOf(job: PivJob): Omit<Chuid, 'issuerSignature'> {
  const cardholderUuid = job.cardUuid === null ? null : guidBytes(job.cardUuid);
  return { fascN: encodeFascN(job.fascN), guid: guidBytes(job.guid), expiry: job.expiry, cardholderUuid };
}

/** The other objects with a fixed content. */
export function plannedObjects(job: PivJob): readonly PlannedObject[] {
  const identifier = cardIdentifier(guidBytes(job.guid).subarray(0, 14));
  const capability: PlannedObject = { id: containerId.ccc, contents: encodeCardCapability(identifier), act: 'CCC', behindPin: false };
  const history: PlannedObject = { id: containerId.keyHistory, contents: encodeKeyHistory({ onCardCertificates: 0, offCardCertificates: 0, offCardUrl: null }), act: 'key history', behindPin: false };
  const free = job.keyHistory === true ? [capability, history] : [capability];
  if (job.printedInformation === null) return free;
  const contents = encodePrintedInformation(job.printedInformation);
  return [...free, { id: containerId.printedInformation, contents, act: 'printed information', behindPin: true }];
}

/** Where a slot's certificate stands. */
export function certificateContainer(slot: IssuedSlot): ContainerId {
  return containerId[`certificate${slot}`];
}

/** The planned PIN as the card takes it. The caller disposes of it. */
export function plannedPin(job: PivJob): Secret {
  const padded = job.pin.use(padPin);
  if (padded === null) throw new StationFault('ENC-PROFILE-INVALID', { field: 'pin', note: 'a PIN has six to eight digits' });
  return Secret.take(padded);
}

/** A GUID's 16 bytes from its hex. */
export function guidBytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

/**
 * Checks before a card is fed that everything in a job can be written: throws `ENC-PROFILE-INVALID` naming the part
 * that cannot. Touches no card.
 */
export function checkPivJob(job: PivJob): void {
  const refuse = (field: string, note: string): never => {
    throw new StationFault('ENC-PROFILE-INVALID', { field, note });
  };
  if (!/^[0-9A-Fa-f]{32}$/.test(job.guid)) refuse('guid', 'a GUID is 16 bytes of hex');
  if (job.cardUuid !== null && !/^[0-9A-Fa-f]{32}$/.test(job.cardUuid)) refuse('cardUuid', 'a UUID is 16 bytes of hex');
  if (job.puk.length !== 8) refuse('puk', 'a PUK has eight bytes');
  if (job.slots.length === 0 || new Set(job.slots.map(({ slot }) => slot)).size !== job.slots.length) refuse('slots', 'each slot once, at least one');
  if (job.slots.some(({ sanUri }) => !/^urn:uuid:[0-9a-f-]{36}$/i.test(sanUri) || sanUri.slice(9).replaceAll('-', '').toUpperCase() !== job.guid.toUpperCase())) {
    refuse('sanUri', 'the URN of a certificate is the GUID of its card');
  }
  plannedPin(job).wipe();
  try {
    plannedMarks(job);
    plannedSignedObjects(job);
  } catch (error) {
    if (error instanceof RangeError) throw new StationFault('ENC-PROFILE-INVALID', { field: 'piv', note: error.message }, error);
    throw error;
  }
}
