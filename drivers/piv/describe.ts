import { createHash, X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import { Certificate } from '@peculiar/asn1-x509';
import type { CardTag } from '../codec/card-tag.ts';
import { decodeCardCapability } from '../codec/piv-ccc.ts';
import { decodeCertificateObject } from '../codec/piv-certificate-object.ts';
import { decodeChuid } from '../codec/piv-chuid.ts';
import { containerId, type ContainerId } from '../codec/piv-containers.ts';
import { decodeDiscovery } from '../codec/piv-discovery.ts';
import { decodeFascN, type FascN } from '../codec/piv-fasc-n.ts';
import type { ApduChannel } from '../contracts/channel.ts';
import type { Wait } from '../contracts/clock.ts';
import { defaultTagContainer, readTag } from './identify.ts';
import { PivSession, type ObjectAnswer } from './session.ts';
import { nameText } from './subject-name.ts';

/** A certificate as anyone may read it. `sha256` is of the DER, hex; days are ISO 8601 instants. */
export interface CertificateDescription {
  readonly slot: '9A' | '9C' | '9D' | '9E';
  readonly serial: string;
  readonly sha256: string;
  readonly subject: string;
  readonly issuer: string;
  readonly notBefore: string;
  readonly notAfter: string;
}

/** What a PIV chip tells to anyone, for `card read` and the record of a produced card. Names stand in it: it is personal data. */
export interface PivDescription {
  readonly guid: string | null;
  readonly expiry: string | null;
  readonly fascN: FascN | null;
  readonly isSigned: boolean;
  /** Hex, 21 bytes. */
  readonly cardIdentifier: string | null;
  readonly pinUsagePolicy: string | null;
  readonly tag: CardTag | null;
  readonly certificates: readonly CertificateDescription[];
  /** Objects that are there and may not be read over this interface. */
  readonly refused: readonly ContainerId[];
}

const certificateSlots = [['9A', containerId.certificate9A], ['9C', containerId.certificate9C], ['9D', containerId.certificate9D], ['9E', containerId.certificate9E]] as const;

/** Reads what any reader may of a PIV chip, over either interface. Null when the chip has no PIV. Writes nothing. */
export async function describePiv(channel: ApduChannel, limit: Wait, tagContainer: ContainerId = defaultTagContainer): Promise<PivDescription | null> {
  const session = new PivSession(channel, limit);
  if (!(await session.select())) return null;
  const refused: ContainerId[] = [];
  const read = async (id: ContainerId): Promise<Uint8Array | null> => found(id, await session.getObject(id), refused);
  const chuid = await decoded(read(containerId.chuid), decodeChuid);
  const capability = await decoded(read(containerId.ccc), decodeCardCapability);
  const discovery = await decoded(read(containerId.discovery), decodeDiscovery);
  const certificates: CertificateDescription[] = [];
  for (const [slot, id] of certificateSlots) {
    const der = await decoded(read(id), decodeCertificateObject);
    const description = der === null ? null : describeCertificate(slot, der);
    if (description !== null) certificates.push(description);
  }
  return {
    guid: chuid === null ? null : hexOf(chuid.guid),
    expiry: chuid?.expiry ?? null,
    fascN: chuid === null ? null : decodeFascN(chuid.fascN),
    isSigned: (chuid?.issuerSignature.length ?? 0) > 0,
    cardIdentifier: capability === null ? null : hexOf(capability.cardIdentifier),
    pinUsagePolicy: discovery?.pinUsagePolicy.toString(16).toUpperCase() ?? null,
    tag: await readTag(session, tagContainer),
    certificates,
    refused,
  };
}

function found(id: ContainerId, answer: ObjectAnswer, refused: ContainerId[]): Uint8Array | null {
  switch (answer.kind) {
    case 'found':
      return answer.contents;
    case 'refused':
      refused.push(id);
      return null;
    case 'absent':
      return null;
  }
}

async function decoded<T>(contents: Promise<Uint8Array | null>, decode: (contents: Uint8Array) => T | null): Promise<T | null> {
  const bytes = await contents;
  return bytes === null ? null : decode(bytes);
}

/** Null for bytes that are no certificate: a description tells what is there, it does not judge. */
function describeCertificate(slot: CertificateDescription['slot'], der: Uint8Array): CertificateDescription | null {
  try {
    const { serialNumber, validFrom, validTo } = new X509Certificate(der);
    const { subject, issuer } = AsnConvert.parse(der, Certificate).tbsCertificate;
    return {
      slot,
      serial: serialNumber,
      sha256: createHash('sha256').update(der).digest('hex'),
      subject: nameText(subject),
      issuer: nameText(issuer),
      notBefore: new Date(validFrom).toISOString(),
      notAfter: new Date(validTo).toISOString(),
    };
  } catch {
    return null;
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}
