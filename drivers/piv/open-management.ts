import { factoryManagementKeyHex, managementAlgorithmOf, managementKeyShape, type ManagementKeyAlgorithm } from '../codec/piv-algorithms.ts';
import type { Metadata } from '../codec/piv-extension-apdu.ts';
import type { KeyCustody } from '../contracts/keys.ts';
import { StationFault } from '../contracts/fault.ts';
import { Secret } from '../contracts/secret.ts';
import type { PivJob } from './job.ts';
import { guidBytes } from './planned-objects.ts';
import type { KeyReplacement, PivSession } from './session.ts';

/** Which management key let the station in; null when none did. */
export type OpenedBy = 'planned' | 'factory' | null;

/** Algorithms that blanks use the 24-byte factory key with: 3DES, and AES-192 since Yubico's 5.7 (cards.md 2.4). */
export const factoryAlgorithms: readonly ManagementKeyAlgorithm[] = ['3DES', 'AES-192'];

/** The factory's key. The caller disposes of it. */
export function factoryManagementKey(): Secret {
  return Secret.take(new Uint8Array(Buffer.from(factoryManagementKeyHex, 'hex')));
}

/** The card's own key, diversified in the token by its GUID. The caller disposes of it. */
export function plannedManagementKey(job: PivJob, keys: KeyCustody): Promise<Secret> {
  const { next, algorithm } = job.managementKey;
  return keys.managementKey(next, guidBytes(job.guid), managementKeyShape[algorithm].keyBytes);
}

/**
 * Authenticates 9B with the planned key where the card is known to be ours, else with the factory's. `told` is what the
 * card tells of 9B: where it says which key is set, no wrong key is tried on it.
 */
export async function openManagement(session: PivSession, job: PivJob, keys: KeyCustody, told: Metadata | null, isOurs: boolean): Promise<OpenedBy> {
  if (isOurs && told?.isDefault !== true && (await opensWithPlanned(session, job, keys))) return 'planned';
  if (told?.isDefault === false) return null;
  const toldAlgorithm = told?.algorithmId === null || told === null ? null : managementAlgorithmOf(told.algorithmId);
  const candidates = factoryAlgorithms.filter((algorithm) => toldAlgorithm === null || algorithm === toldAlgorithm);
  return (await opensWithFactory(session, candidates)) ? 'factory' : null;
}

/**
 * How this card takes a new management key, found out before anything is written: a card that tells of its 9B has Yubico's
 * commands, another is asked for that one; a card without it takes the key as reference data through its secure channel.
 * Throws `ENC-WRONG-BLANK` for a card that has no way known here.
 */
export async function keyReplacementOf(session: PivSession, told: Metadata | null, isThroughChannel: boolean): Promise<KeyReplacement> {
  if (told !== null || (await session.knowsSetManagementKey())) return 'SET MANAGEMENT KEY';
  if (isThroughChannel) return 'CHANGE REFERENCE DATA';
  throw new StationFault('ENC-WRONG-BLANK', { note: 'the card has no command known here that replaces its management key' });
}

/** Whether the planned key opens the card. */
export async function opensWithPlanned(session: PivSession, job: PivJob, keys: KeyCustody): Promise<boolean> {
  using key = await plannedManagementKey(job, keys);
  return (await session.authenticateManagement(job.managementKey.algorithm, key)) === 'authenticated';
}

/** Whether the factory's key opens the card under one of these algorithms. */
export async function opensWithFactory(session: PivSession, algorithms: readonly ManagementKeyAlgorithm[] = factoryAlgorithms): Promise<boolean> {
  using key = factoryManagementKey();
  for (const algorithm of algorithms) {
    if ((await session.authenticateManagement(algorithm, key)) === 'authenticated') return true;
  }
  return false;
}
