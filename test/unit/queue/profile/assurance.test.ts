import { describe, expect, it } from 'vitest';
import { assuranceSchema, policiesOf, policySchema } from '../../../../queue/profile/assurance.ts';
import { cardProfileSchema } from '../../../../queue/profile/card-profile.ts';
import { exampleOrder } from '../../../support/orders/example-order.ts';
import { exampleCardProfile } from '../../../support/orders/example-profiles.ts';

/** Of the arc for documentation (RFC 5612). */
const [level2, level3, ofCard] = ['1.3.6.1.4.1.32473.6.2', '1.3.6.1.4.1.32473.6.3', '1.3.6.1.4.1.32473.6.9'] as const;
const assurance = {
  levels: { LoA2: level2, LoA3: level3 },
  byIdentification: { BANKID: 'LoA3', EID: 'LoA3', PASSPORT: 'LoA2', NATIONAL_ID: 'LoA2', NONE: 'LoA2' },
} as const;
const identifiedBy = (method: 'BANKID' | 'PASSPORT' | null): Parameters<typeof policiesOf>[2] => {
  const order = exampleOrder();
  const { identification: _, ...holder } = order.holder;
  return { ...order, holder: method === null ? holder : { ...holder, identification: { method, verifiedAt: '2026-09-14T07:25:00Z' } } };
};

describe('the policies of a slot', () => {
  it.each([['BANKID', level3], ['PASSPORT', level2], [null, level2]] as const)('tell the level of a holder identified by %s', (method, level) => {
    expect(policiesOf(['assurance', ofCard], assurance, identifiedBy(method))).toEqual([level, ofCard]);
  });

  it('are as the profile names them where they tell no level', () => {
    expect(policiesOf([ofCard], null, identifiedBy('BANKID'))).toEqual([ofCard]);
    expect(policiesOf([], assurance, identifiedBy('BANKID'))).toEqual([]);
  });
});

describe('the levels of a profile', () => {
  it('are object identifiers, and each way of identification gives one of them', () => {
    expect(assuranceSchema.safeParse(assurance).success).toBe(true);
    expect(assuranceSchema.safeParse({ ...assurance, byIdentification: { ...assurance.byIdentification, NONE: 'LoA1' } }).success).toBe(false);
    const { NONE: _, ...without } = assurance.byIdentification;
    expect(assuranceSchema.safeParse({ ...assurance, byIdentification: without }).success).toBe(false);
  });

  it.each(['', '1.2', '3.1.2', '1.02.3', '1.2.3.', 'LoA2', '2.5.29.32.0', '1.2.99999999999'])('are no %s', (text) => {
    expect(policySchema.safeParse(text).success).toBe(false);
  });

  it('must be there when a slot tells one', () => {
    const { piv, ...profile } = exampleCardProfile('PIVC');
    const slots = piv.slots.map((slot) => ({ ...slot, policies: ['assurance'] }));
    expect(cardProfileSchema.safeParse({ ...profile, piv: { ...piv, slots } }).error?.issues[0]?.path).toEqual(['piv', 'assurance']);
    expect(cardProfileSchema.safeParse({ ...profile, piv: { ...piv, slots, assurance } }).success).toBe(true);
  });
});
