import { decodeCardTag, type CardTag } from '../codec/card-tag.ts';
import { decodeChuid } from '../codec/piv-chuid.ts';
import { containerId, type ContainerId } from '../codec/piv-containers.ts';
import type { ApduChannel } from '../contracts/channel.ts';
import type { Wait } from '../contracts/clock.ts';
import { PivSession } from './session.ts';

/** The object that carries the tag, in the issuer's own range: `5FFF10` unless a profile says otherwise. */
export const defaultTagContainer: ContainerId = '5FFF10';

/** What a PIV chip tells of itself to anyone. `guid` is upper-case hex; null where it has none or may not be read. */
export interface PivIdentity {
  readonly isPiv: boolean;
  readonly guid: string | null;
  /** Null also over the contactless interface of a card that keeps the issuer's objects to contact (SP 800-73-5 part 1, table 2). */
  readonly tag: CardTag | null;
}

/** Asks any chip whether it is PIV and whose card it is becoming. Writes nothing; works over both interfaces. */
export async function identifyPiv(channel: ApduChannel, limit: Wait, tagContainer: ContainerId = defaultTagContainer): Promise<PivIdentity> {
  const session = new PivSession(channel, limit);
  if (!(await session.select())) return { isPiv: false, guid: null, tag: null };
  return { isPiv: true, guid: await readGuid(session), tag: await readTag(session, tagContainer) };
}

/** The GUID of the CHUID as upper-case hex, or null when there is none that can be read. */
export async function readGuid(session: PivSession): Promise<string | null> {
  const object = await session.getObject(containerId.chuid);
  const chuid = object.kind === 'found' ? decodeChuid(object.contents) : null;
  return chuid === null ? null : Buffer.from(chuid.guid).toString('hex').toUpperCase();
}

/** The tag `order # attempt`, or null when there is none that can be read. */
export async function readTag(session: PivSession, container: ContainerId): Promise<CardTag | null> {
  const object = await session.getObject(container);
  return object.kind === 'found' ? decodeCardTag(object.contents) : null;
}
