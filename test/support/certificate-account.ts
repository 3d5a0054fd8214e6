import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { deliverWaiting } from '../../daemon/portal/deliver-outbox.ts';
import { openFolderMailbox } from '../../daemon/portal/mailbox.ts';
import type { StationCore } from '../../daemon/station/station-rooms.ts';
import { decodeCertificateObject } from '../../drivers/codec/piv-certificate-object.ts';
import { openIssuedLog } from '../../simulator/ca/issued-log.ts';
import { RevokedLog } from '../../simulator/ca/revoked-log.ts';
import type { PivMemory } from '../../simulator/card/piv/memory.ts';
import { actOnRevocations } from '../../simulator/portal/revocation-desk.ts';
import type { Control } from '../../simulator/script/control-client.ts';

/** What the authority and the plastic say about certificates, each counted by itself. */
export interface CertificateAccount {
  /** Serial numbers of all card certificates that the authority signed, by its own account. */
  readonly issued: readonly string[];
  /** Of these, those that are revoked by its own account. */
  readonly revoked: readonly string[];
  /** Serial numbers of the certificates in the chips of the cards in the output. */
  readonly onGoodCards: readonly string[];
}

const certificateObjects = ['5FC105', '5FC10A', '5FC10B', '5FC101'];
const never = new AbortController().signal;

/**
 * Delivers the station's messages to the simulated portal, lets its people act on them, and takes stock: the authority's
 * own accounts of what it signed and revoked, and the chips in the good output.
 */
export async function takeCertificateAccount(core: StationCore, control: Control, machineFolder: string): Promise<CertificateAccount> {
  const [authority, mailbox] = [join(machineFolder, 'ca'), join(machineFolder, '..', 'portal', 'mailbox')];
  const onTrouble = (where: string, error: unknown): void => { throw new Error(where, { cause: error }); };
  await deliverWaiting({ outbox: core.store.outbox, mailbox: await openFolderMailbox(mailbox), clock: core.clock, onTrouble }, never);
  await actOnRevocations(mailbox, authority);
  const records = (await openIssuedLog(join(authority, 'issued.ndjson'))).all().filter(({ profile }) => profile !== 'content-signing' && profile !== 'station');
  const revoked = await new RevokedLog(join(authority, 'revoked.txt')).all();
  const serials = records.map(({ serial }) => serial.toLowerCase());
  return { issued: serials, revoked: serials.filter((serial) => revoked.includes(serial)), onGoodCards: await serialsInOutput(control) };
}

async function serialsInOutput(control: Control): Promise<readonly string[]> {
  const { cards } = await control.ask<'look'>({ do: 'look' });
  const serials: string[] = [];
  for (const { uid } of cards.filter(({ place }) => place === 'output')) {
    const { chips } = await control.ask<'dump-chips'>({ do: 'dump-chips', uid });
    const objects = chips.flatMap(({ memory }) => ('objects' in (memory as object) ? [(memory as PivMemory).objects] : []));
    for (const id of certificateObjects) {
      const contents = objects[0]?.[id];
      const der = contents === undefined ? null : decodeCertificateObject(Buffer.from(contents, 'hex'));
      if (der !== null) serials.push(new X509Certificate(der).serialNumber.toLowerCase());
    }
  }
  return serials;
}
