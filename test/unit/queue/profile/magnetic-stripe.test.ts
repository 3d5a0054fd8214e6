import { describe, expect, test } from 'vitest';
import { cardProfileSchema } from '../../../../queue/profile/card-profile.ts';
import { checkCardProfile } from '../../../../queue/profile/check-card-profile.ts';
import { magneticSchema, magneticTexts } from '../../../../queue/profile/magnetic-stripe.ts';
import { exampleCardProfile } from '../../../support/orders/example-profiles.ts';

const values = { cardNumber: 'BB-2611-000007', organisationNumber: '5599990115', orderId: 'ID06-10003', validFrom: '2026-11-22', validTo: '2031-11-22' };

describe('the magnetic stripe of a profile', () => {
  test('is constants and values of the order, track by track', () => {
    const stripe = magneticSchema.parse([
      { track: 1, parts: [{ value: 'cardNumber' }, { text: '^' }, { value: 'orderId' }] },
      { track: 3, parts: [{ value: 'organisationNumber' }, { text: '=' }, { value: 'validTo', digits: true }] },
    ]);
    expect(magneticTexts(stripe, values)).toEqual({ 1: 'BB-2611-000007^ID06-10003', 3: '5599990115=20311122' });
  });

  test('has no track twice, and no fourth', () => {
    const parts = [{ text: '1' }];
    expect(magneticSchema.safeParse([{ track: 1, parts }, { track: 1, parts }]).success).toBe(false);
    expect(magneticSchema.safeParse([{ track: 4, parts }]).success).toBe(false);
    expect(magneticSchema.safeParse([]).success).toBe(false);
  });

  test.each([
    ['letters on a track of digits', [{ track: 2, parts: [{ value: 'cardNumber' }] }], 'track 2: characters'],
    ['more than a track holds', [{ track: 2, parts: [{ text: '1'.repeat(38) }] }], 'track 2: too-long'],
    ['lower case', [{ track: 1, parts: [{ text: 'abc' }] }], 'track 1: characters'],
  ])('is found wrong by the check of a profile: %s', (_name, magnetic, note) => {
    const profile = cardProfileSchema.parse({ ...exampleCardProfile('PIVC'), magnetic });
    expect(checkCardProfile(profile)).toEqual([{ code: 'ENC-PROFILE-INVALID', field: 'magnetic.0', detail: { field: 'magnetic.0', note } }]);
    expect(() => magneticTexts(profile.magnetic ?? [], values)).toThrow(expect.objectContaining({ code: 'ENC-PROFILE-INVALID' }));
  });
});
