import { describe, expect, it } from 'vitest';
import { checkProfileKeys, profileKeys, type PolicyKey } from '../../../../queue/profile/profile-keys.ts';
import { exampleCardProfile, exampleSectorProfile } from '../../../support/orders/example-profiles.ts';

const policy: readonly PolicyKey[] = [
  { label: 'read', use: 'derive', versions: [1, 2] },
  { label: 'write', use: 'seal', versions: [1] },
  { label: 'lock', use: 'derive', versions: [2] },
  { label: 'piv-9b', use: 'derive', versions: [1] },
];

describe('the keys of a profile', () => {
  it('are named by field', () => {
    expect(profileKeys(exampleSectorProfile()).map(({ field }) => field)).toEqual(['sectors.0.keyA', 'sectors.0.keyB']);
    expect(profileKeys(exampleCardProfile('PIVC')).map(({ key }) => key.label)).toEqual(['piv-9b']);
  });

  it('are refused when the policy does not allow to derive with them, or not this version', () => {
    expect(checkProfileKeys(exampleSectorProfile(), policy).map(({ code, field }) => [code, field])).toEqual([['KEY-UNAVAILABLE', 'sectors.0.keyB']]);
    expect(checkProfileKeys(exampleCardProfile('PIVC_MIFARE'), policy).map(({ code, field }) => [code, field])).toEqual([['KEY-EXPIRED', 'mifare.lock']]);
  });
});
