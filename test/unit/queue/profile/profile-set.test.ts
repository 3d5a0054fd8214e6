import { describe, expect, it } from 'vitest';
import { cardProfileOf, sectorProfileOf } from '../../../../queue/profile/profile-set.ts';
import { exampleOrder } from '../../../support/orders/example-order.ts';
import { exampleCardProfile, exampleSectorProfile } from '../../../support/orders/example-profiles.ts';

const draft = { approved: false };
const cards = [
  exampleCardProfile('PIVC_MIFARE', { version: 2 }),
  exampleCardProfile('PIVC_MIFARE', { version: 1 }),
  exampleCardProfile('PIVC_MIFARE', { version: 3, release: draft }),
  exampleCardProfile('PIVC'),
  exampleCardProfile('PIVC', { id: 'other', version: 9 }),
];
const sectors = [exampleSectorProfile(), exampleSectorProfile({ version: 2 }), exampleSectorProfile({ version: 3, release: draft })];
const profiles = { cards, sectors };
const { card, company } = exampleOrder();

describe('the card profile of an order', () => {
  it.each<[object, string | null]>([
    [{}, 'mifare-piv 2'],
    [{ profileVersion: 1 }, 'mifare-piv 1'],
    [{ profileId: 'mifare-piv', profileVersion: 3 }, null],
    [{ profileId: 'piv' }, null],
    [{ technologyProfile: 'PIVC' }, 'other 9'],
    [{ technologyProfile: 'PIVC', profileId: 'piv' }, 'piv 1'],
  ])('%j: %s', (changes, name) => {
    const profile = cardProfileOf({ ...card, ...changes }, profiles);
    expect(profile === null ? null : `${profile.id} ${profile.version}`).toBe(name);
  });
});

describe('the sector profile of a company', () => {
  it.each<[object, number | null]>([
    [{}, null],
    [{ sectorProfileId: 'doors' }, 2],
    [{ sectorProfileId: 'doors', sectorProfileVersion: 1 }, 1],
    [{ sectorProfileId: 'doors', sectorProfileVersion: 3 }, null],
    [{ sectorProfileId: 'gates' }, null],
  ])('%j: version %s', (changes, version) => {
    expect(sectorProfileOf({ ...company, ...changes }, profiles)?.version ?? null).toBe(version);
  });
});
