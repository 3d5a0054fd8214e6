import { createHash, X509Certificate } from 'node:crypto';
import { withCardLayers } from './channel/card-layers.ts';
import { parseResponse } from './codec/apdu.ts';
import { decodeDirectory, type MifareDirectory } from './codec/mad.ts';
import { DIRECTORY_KEY_A_HEX, TRANSPORT_KEY_HEX } from './codec/mifare-keys.ts';
import { blocksIn, firstBlock, sectorCount, trailerBlock, type MifareChip } from './codec/mifare-layout.ts';
import { getUid } from './codec/mifare-pcsc.ts';
import { decodeCertificateObject } from './codec/piv-certificate-object.ts';
import { decodeChuid } from './codec/piv-chuid.ts';
import { containers, type Container } from './codec/piv-containers.ts';
import { statusWord } from './codec/status-word.ts';
import { classicChip, parseStorageCardAtr } from './codec/storage-card-atr.ts';
import type { ApduChannel, CardConnection } from './contracts/channel.ts';
import type { Wait } from './contracts/clock.ts';
import { Secret } from './contracts/secret.ts';
import { openMifareSession, type MifareSession } from './mifare-classic/session.ts';
import { PivSession } from './piv/session.ts';

/** A sector as far as a public key opens it. Blocks are hex, null where reading is refused; the trailer is left out. */
export interface SectorReading {
  readonly sector: number;
  /** From the directory; null without one. */
  readonly aid: string | null;
  /** The public key A that opened it, null when none did. */
  readonly key: string | null;
  readonly blocks: readonly (string | null)[];
}

export interface MifareReading {
  readonly chip: MifareChip;
  /** Of sector 0, and of sector 16 where the chip is a 4K; those that are whole. */
  readonly directories: readonly MifareDirectory[];
  readonly sectors: readonly SectorReading[];
}

export interface CertificateReading {
  readonly object: string;
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  readonly validFrom: string;
  readonly validTo: string;
}

export interface PivReading {
  /** Objects that are there, and those the card does not show; absent ones are left out. */
  readonly objects: readonly { readonly id: string; readonly name: string; readonly bytes: number | null; readonly sha256: string | null }[];
  readonly guid: string | null;
  readonly expires: string | null;
  readonly certificates: readonly CertificateReading[];
}

/** What a card shows to anyone who holds it to a reader: no PIN, no secret key is used. All byte strings are upper-case hex. */
export interface CardReading {
  readonly atr: string;
  readonly uid: string | null;
  readonly mifare: MifareReading | null;
  readonly piv: PivReading | null;
}

/** Keys that everyone has: delivery, directory (AN10787), NFC Forum. */
const publicKeys = [DIRECTORY_KEY_A_HEX, TRANSPORT_KEY_HEX, 'D3F7D3F7D3F7'] as const;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();

/** Reads what a card carries. `reader` is the PC/SC name: it decides how keys are loaded. Throws the faults of channel and sessions. */
export async function readCard(connection: CardConnection, reader: string, limit: Wait): Promise<CardReading> {
  const channel = withCardLayers(connection.channel);
  const uid = parseResponse(await channel.transmit(getUid(), limit));
  const name = parseStorageCardAtr(connection.atr);
  const chip = name === null ? null : classicChip(name);
  return {
    atr: hex(connection.atr),
    uid: uid.sw === statusWord.ok && uid.data.length > 0 ? hex(uid.data) : null,
    mifare: chip === null ? null : await readMifare(channel, reader, chip, limit),
    piv: chip === null ? await readPiv(channel, limit) : null,
  };
}

async function readMifare(channel: ApduChannel, reader: string, chip: MifareChip, limit: Wait): Promise<MifareReading> {
  using session = await openMifareSession({ channel, reader }, limit);
  const sectors: SectorReading[] = [];
  for (let sector = 0; sector < sectorCount(chip); sector += 1) sectors.push(await readSector(session, sector));
  const directories = [directoryIn(sectors[0]?.blocks.slice(1), 1), directoryIn(sectors[16]?.blocks, 2)].filter((found) => found !== null);
  return { chip, directories, sectors: sectors.map((reading) => ({ ...reading, aid: aidOf(reading.sector, directories) })) };
}

function directoryIn(blocks: readonly (string | null)[] | undefined, version: 1 | 2): MifareDirectory | null {
  return blocks === undefined ? null : decodeDirectory(Buffer.from(blocks.join(''), 'hex'), version);
}

/** Directory 1 speaks of sectors 1 to 15, directory 2 of 17 to 39. */
function aidOf(sector: number, directories: readonly MifareDirectory[]): string | null {
  const directory = directories.find(({ version }) => version === (sector < 16 ? 1 : 2));
  return directory?.aids[sector - (sector < 16 ? 1 : 17)] ?? null;
}

async function readSector(session: MifareSession, sector: number): Promise<SectorReading> {
  const opened = await openSector(session, sector);
  const blocks: (string | null)[] = [];
  if (opened === null) return { sector, aid: null, key: null, blocks };
  for (let block = firstBlock(sector); block < trailerBlock(sector); block += 1) {
    const data = await session.read(block);
    blocks.push(data === null ? null : hex(data));
    if (data === null) await openSector(session, sector);
  }
  return { sector, aid: null, key: opened, blocks: blocks.slice(0, blocksIn(sector)) };
}

async function openSector(session: MifareSession, sector: number): Promise<string | null> {
  for (const key of publicKeys) {
    using secret = Secret.take(Uint8Array.from(Buffer.from(key, 'hex')));
    if (await session.authenticate(sector, 'A', secret)) return key;
  }
  return null;
}

async function readPiv(channel: ApduChannel, limit: Wait): Promise<PivReading | null> {
  const session = new PivSession(channel, limit);
  if (!(await session.select())) return null;
  const objects: PivReading['objects'][number][] = [];
  const certificates: CertificateReading[] = [];
  let chuid: ReturnType<typeof decodeChuid> = null;
  for (const container of containers) {
    const answer = await session.getObject(container.id);
    if (answer.kind === 'absent') continue;
    const contents = answer.kind === 'found' ? answer.contents : null;
    objects.push({ id: container.id, name: container.name, bytes: contents?.length ?? null, sha256: contents === null ? null : createHash('sha256').update(contents).digest('hex') });
    if (contents === null) continue;
    if (container.id === '5FC102') chuid = decodeChuid(contents);
    certificates.push(...certificateIn(container, contents));
  }
  return { objects, guid: chuid === null ? null : hex(chuid.guid), expires: chuid?.expiry ?? null, certificates };
}

function certificateIn(container: Container, contents: Uint8Array): readonly CertificateReading[] {
  if (!container.name.includes('certificate 9') && !container.name.startsWith('retired certificate')) return [];
  const der = decodeCertificateObject(contents);
  if (der === null) return [];
  try {
    const { subject, issuer, serialNumber, validFrom, validTo } = new X509Certificate(der);
    return [{ object: container.id, subject: oneLine(subject), issuer: oneLine(issuer), serialNumber, validFrom, validTo }];
  } catch {
    return [{ object: container.id, subject: 'not a certificate', issuer: '', serialNumber: '', validFrom: '', validTo: '' }];
  }
}

function oneLine(name: string): string {
  return name.split('\n').join(', ');
}
