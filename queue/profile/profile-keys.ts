import type { Finding } from '../../drivers/contracts/finding.ts';
import type { KeyReference } from '../../drivers/contracts/keys.ts';
import type { CardProfile } from './card-profile.ts';
import { channelKeys } from './secure-channel.ts';
import type { SectorProfile } from './sector-profile.ts';

/** A key that a profile names, and where. */
export interface NamedKey {
  readonly field: string;
  readonly key: KeyReference;
}

/** A key that the station may use: label, use and versions, as its configuration says. */
export interface PolicyKey {
  readonly label: string;
  readonly use: 'derive' | 'seal';
  readonly versions: readonly number[];
}

/** Every key reference of a profile. */
export function profileKeys(profile: CardProfile | SectorProfile): readonly NamedKey[] {
  if (profile.kind === 'card') {
    const { piv, mifare } = profile;
    const channel = piv.secureChannel === null ? [] : channelKeys(piv.secureChannel);
    return [{ field: 'piv.managementKey.key', key: piv.managementKey.key }, ...channel, ...(mifare === null ? [] : [{ field: 'mifare.lock', key: mifare.lock }])];
  }
  return profile.sectors.flatMap(({ keyA, keyB }, index) => [
    { field: `sectors.${index}.keyA`, key: keyA },
    { field: `sectors.${index}.keyB`, key: keyB },
  ]);
}

/** Key references that the policy does not allow to derive with: `KEY-UNAVAILABLE` for a label, `KEY-EXPIRED` for a version. */
export function checkProfileKeys(profile: CardProfile | SectorProfile, policy: readonly PolicyKey[]): readonly Finding[] {
  return profileKeys(profile).flatMap(({ field, key }): readonly Finding[] => {
    const detail = { field, note: `${key.label} version ${key.version}` };
    const allowed = policy.find(({ label, use }) => label === key.label && use === 'derive');
    if (allowed === undefined) return [{ code: 'KEY-UNAVAILABLE', field, detail }];
    return allowed.versions.includes(key.version) ? [] : [{ code: 'KEY-EXPIRED', field, detail }];
  });
}
