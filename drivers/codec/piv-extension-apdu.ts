import { command, type CommandApdu } from './apdu.ts';
import { childValue, encodeTlv, joinBytes, parseTlvs } from './ber-tlv.ts';
import { managementKeyShape, type ManagementKeyAlgorithm } from './piv-algorithms.ts';

/** Instructions beyond the standard, Yubico's by origin and copied by PivApplet and canokey (cards.md 2.4). */
export const extensionInstruction = {
  metadata: 0xf7,
  serial: 0xf8,
  setRetries: 0xfa,
  reset: 0xfb,
  version: 0xfd,
  importKey: 0xfe,
  setManagementKey: 0xff,
} as const;

/** SET MANAGEMENT KEY without touch. */
export function setManagementKey(algorithm: ManagementKeyAlgorithm, key: Uint8Array): CommandApdu {
  const data = joinBytes(Uint8Array.of(managementKeyShape[algorithm].id), encodeTlv(0x9b, key));
  return command(0x00, extensionInstruction.setManagementKey, 0xff, 0xff, data);
}

/** SET MANAGEMENT KEY without a key, which changes nothing: a card that knows the command refuses its data, not its instruction. */
export function probeSetManagementKey(): CommandApdu {
  return command(0x00, extensionInstruction.setManagementKey, 0xff, 0xff);
}

/** SET PIN RETRIES: how often PIN and PUK may be wrong; both become the factory's again. */
export function setRetries(pinTries: number, pukTries: number): CommandApdu {
  return command(0x00, extensionInstruction.setRetries, pinTries, pukTries);
}

/** GET METADATA of a key, a PIN or the management key. */
export function getMetadata(reference: number): CommandApdu {
  return command(0x00, extensionInstruction.metadata, 0x00, reference, new Uint8Array(), 256);
}

export function getVersion(): CommandApdu {
  return command(0x00, extensionInstruction.version, 0x00, 0x00, new Uint8Array(), 256);
}

export function getSerial(): CommandApdu {
  return command(0x00, extensionInstruction.serial, 0x00, 0x00, new Uint8Array(), 256);
}

/** What a card tells of one reference. A field it leaves out is null. */
export interface Metadata {
  readonly algorithmId: number | null;
  /** Whether the factory value is still set. */
  readonly isDefault: boolean | null;
  /** The bare fields of 7F49. */
  readonly publicKey: Uint8Array | null;
  readonly triesLeft: number | null;
  readonly maximumTries: number | null;
}

/** Field tags of a metadata answer. */
export const metadataTag = { algorithm: 0x01, policy: 0x02, origin: 0x03, publicKey: 0x04, isDefault: 0x05, retries: 0x06 } as const;

/** Reads a metadata answer, or null when it is none. A card may leave fields out or send them in any order. */
export function decodeMetadata(answer: Uint8Array): Metadata | null {
  const fields = parseTlvs(answer);
  if (fields === null) return null;
  const isDefault = childValue(fields, metadataTag.isDefault);
  return {
    algorithmId: childValue(fields, metadataTag.algorithm)?.[0] ?? null,
    isDefault: isDefault?.length === 1 && (isDefault[0] ?? 2) <= 1 ? isDefault[0] === 1 : null,
    publicKey: childValue(fields, metadataTag.publicKey),
    triesLeft: childValue(fields, metadataTag.retries)?.[1] ?? null,
    maximumTries: childValue(fields, metadataTag.retries)?.[0] ?? null,
  };
}
