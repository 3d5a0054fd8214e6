import { StationFault } from '../contracts/fault.ts';
import type { KeyReference } from '../contracts/keys.ts';
import type { Secret } from '../contracts/secret.ts';

/** What a master key may be used for. One key serves one use. */
export type KeyUse = 'derive' | 'seal';

/** A key that the station relies on: its name, its use, and the versions that may be used (newest last). */
export interface AllowedKey {
  readonly label: string;
  readonly use: KeyUse;
  readonly versions: readonly number[];
}

/** Where the keys are and which of them may be used. */
export interface KeyCustodyOptions {
  /** The PKCS#11 module. `softHsmModule()` finds SoftHSM's. */
  readonly modulePath: string;
  readonly tokenLabel: string;
  /** The user PIN. The caller keeps and wipes it. */
  readonly pin: Secret;
  /** Exactly one entry has the use `seal`: its newest version seals, all its versions unseal. */
  readonly keys: readonly AllowedKey[];
}

/** Throws `KEY-UNAVAILABLE` for a label that the policy does not name for this use, `KEY-EXPIRED` for a version that it does not allow. */
export function requireAllowed(keys: readonly AllowedKey[], key: KeyReference, use: KeyUse): void {
  const data = { label: key.label, version: key.version };
  const allowed = keys.find((entry) => entry.label === key.label && entry.use === use);
  if (allowed === undefined) throw new StationFault('KEY-UNAVAILABLE', { note: `no key ${key.label} to ${use} with`, data });
  if (!allowed.versions.includes(key.version)) throw new StationFault('KEY-EXPIRED', { note: `key ${key.label} version ${key.version}`, data });
}
