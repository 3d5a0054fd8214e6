import type { Finding } from '../../drivers/contracts/finding.ts';
import { companyKey } from '../order/derived-values.ts';
import type { OrderUnderCheck } from '../order/order-schema.ts';
import { checkSectorProfile } from '../profile/check-sector-profile.ts';
import { cardProfileOf, sectorProfileOf } from '../profile/profile-set.ts';
import type { RuleContext } from './rule-context.ts';
import { about, when, type OrderRule } from './rule.ts';

/** R37 and R38: the card's profile and the company's sectors. */
export const profileRules: readonly OrderRule[] = [
  { id: 'R37', source: 'own check', codes: ['ENC-PROFILE-UNKNOWN', 'ENC-PROFILE-OTHER-COMPANY', 'ENC-PROFILE-UNSUPPORTED'], check: profileFindings },
  {
    id: 'R38',
    source: 'own check',
    codes: ['ENC-PROFILE-INVALID'],
    check: ({ card, company }, { profiles }) => {
      const [cardProfile, sectors] = [cardProfileOf(card, profiles), sectorProfileOf(company, profiles)];
      return cardProfile === null || sectors === null ? [] : checkSectorProfile(sectors, cardProfile);
    },
  },
];

function profileFindings(order: OrderUnderCheck, { profiles }: RuleContext): readonly Finding[] {
  const { card, company } = order;
  const findings = [...when(cardProfileOf(card, profiles) === null, 'ENC-PROFILE-UNKNOWN', card.profileId === undefined ? 'card.technologyProfile' : 'card.profileId', 'no approved card profile')];
  if (company.sectorProfileId === undefined) return findings;
  if (card.technologyProfile !== 'PIVC_MIFARE') return [...findings, about('ENC-PROFILE-UNSUPPORTED', 'company.sectorProfileId')];
  const sectors = sectorProfileOf(company, profiles);
  if (sectors === null) return [...findings, about('ENC-PROFILE-UNKNOWN', 'company.sectorProfileId')];
  return [...findings, ...when(sectors.companyOrganisationNumber !== companyKey(order), 'ENC-PROFILE-OTHER-COMPANY', 'company.sectorProfileId')];
}
