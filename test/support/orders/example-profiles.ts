import { cardProfileSchema, type CardProfile } from '../../../queue/profile/card-profile.ts';
import type { ProfileSet } from '../../../queue/profile/profile-set.ts';
import { sectorProfileSchema, type SectorProfile } from '../../../queue/profile/sector-profile.ts';

const release = { approved: true, by: 'technician-1', at: '2026-09-01T08:00:00Z' };

/** The card profile of a technology, version 1. */
export function exampleCardProfile(technology: CardProfile['technology'], changes: Partial<CardProfile> = {}): CardProfile {
  const mifare = technology === 'PIVC_MIFARE';
  return cardProfileSchema.parse({
    kind: 'card',
    id: mifare ? 'mifare-piv' : 'piv',
    version: 1,
    release,
    technology,
    templateId: 'id06',
    greyPhoto: false,
    tag: mifare ? { place: 'MIFARE', sector: 15 } : { place: 'PIV', container: '5FFF10' },
    keepTag: true,
    mifare: mifare ? { chip: '1k', publisherSector: 0, lock: { label: 'lock', version: 1 } } : null,
    piv: { managementKey: { key: { label: 'piv-9b', version: 1 }, algorithm: 'AES-192' }, slots: [{ slot: '9A', algorithm: 'P-256', certificateProfile: 'holder' }], pinDigits: 6, printedInformation: false },
    stepOrder: mifare ? ['mifare', 'piv'] : ['piv'],
    ...changes,
  });
}

/** One company's sector 2, with a card number and a constant. */
export function exampleSectorProfile(changes: Partial<SectorProfile> = {}): SectorProfile {
  const open = { read: 'AB', write: 'B' } as const;
  return sectorProfileSchema.parse({
    kind: 'sectors',
    id: 'doors',
    version: 1,
    release,
    companyOrganisationNumber: '5560160680',
    sectors: [
      {
        sector: 2,
        aid: '5189',
        data: [{ offset: 0, length: 16, encoding: 'ascii', value: 'cardNumber' }],
        access: { data: [open, open, open] },
        keyA: { label: 'read', version: 1 },
        keyB: { label: 'write', version: 1 },
      },
    ],
    ...changes,
  });
}

export function exampleProfiles(): ProfileSet {
  return { cards: [exampleCardProfile('PIVC_MIFARE'), exampleCardProfile('PIVC')], sectors: [exampleSectorProfile()] };
}
