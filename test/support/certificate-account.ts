import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StationCore } from '../../daemon/station/station-rooms.ts';
import { decodeCertificateObject } from '../../drivers/codec/piv-certificate-object.ts';
import type { IssuedRecord } from '../../simulator/ca/issued-log.ts';
import type { PivMemory } from '../../simulator/card/piv/memory.ts';
import type { Control } from '../../simulator/script/control-client.ts';

/** What the authority, the outbox and the plastic say about certificates, each counted by itself. */
export interface CertificateAccount {
  /** Serial numbers of all card certificates that the authority signed. */
  readonly issued: readonly string[];
  /** Of these, those that the station asked to be revoked, by number or by key. */
  readonly revoked: readonly string[];
  /** Serial numbers of the certificates in the chips of the cards in the output. */
  readonly onGoodCards: readonly string[];
}

const certificateObjects = ['5FC105', '5FC10A', '5FC10B', '5FC101'];

/** Takes stock: the authority's own log, the messages to the portal, and the chips in the good output. */
export async function takeCertificateAccount(core: StationCore, control: Control, machineFolder: string): Promise<CertificateAccount> {
  const lines = readFileSync(join(machineFolder, 'ca', 'issued.ndjson'), 'utf8').trim().split('\n');
  const records = lines.map((line) => JSON.parse(line) as IssuedRecord).filter(({ profile }) => profile !== 'content-signing' && profile !== 'station');
  const waiting = core.store.outbox.pending(10_000).map(({ kind, body }): Message => ({ kind, body: JSON.parse(body) as unknown }));
  const told = [...waiting, ...delivered(join(machineFolder, '..', 'portal', 'mailbox'))].filter(({ kind }) => kind.startsWith('certificate-rev'));
  const wanted = told.flatMap(({ body }) => (body as { certificates: readonly { serial: string | null; publicKeySha256: string }[] }).certificates);
  const isRevoked = (record: IssuedRecord): boolean => wanted.some(({ serial, publicKeySha256 }) => (serial === null ? publicKeySha256 === record.publicKeySha256 : serial.toLowerCase() === record.serial.toLowerCase()));
  return {
    issued: records.map(({ serial }) => serial.toLowerCase()),
    revoked: records.filter(isRevoked).map(({ serial }) => serial.toLowerCase()),
    onGoodCards: await serialsInOutput(control),
  };
}

interface Message {
  readonly kind: string;
  readonly body: unknown;
}

/** Messages that the simulated portal has, one file each. */
function delivered(mailbox: string): readonly Message[] {
  if (!existsSync(mailbox)) return [];
  return readdirSync(mailbox).filter((name) => name.endsWith('.json')).map((name) => JSON.parse(readFileSync(join(mailbox, name), 'utf8')) as Message);
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
