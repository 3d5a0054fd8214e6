import type { Order } from '../../../../queue/order/order-schema.ts';
import { changed, exampleOrder } from '../../../support/orders/example-order.ts';
import { exampleCardProfile, exampleSectorProfile } from '../../../support/orders/example-profiles.ts';
import { describeRule } from '../../../support/orders/describe-rule.ts';
import { bad, good, section } from '../../../support/orders/rule-cases.ts';

const coded = (card: Partial<Order['card']> = {}, company: Partial<Order['company']> = {}): Order =>
  changed((order) => ({ card: { ...order.card, ...card }, company: { ...order.company, sectorProfileId: 'doors', ...company } }));
const cards = [exampleCardProfile('PIVC_MIFARE'), exampleCardProfile('PIVC')];
const draft = { approved: false };
const [sector] = exampleSectorProfile().sectors;
if (sector === undefined) throw new Error('the example has a sector');

describeRule('R37', [
  good('no sector coding'),
  good('sector coding', coded()),
  good('a version that is there', coded({ profileId: 'mifare-piv', profileVersion: 1 }, { sectorProfileVersion: 1 })),
  bad('no card profile of the technology', ['ENC-PROFILE-UNKNOWN card.technologyProfile'], exampleOrder(), { profiles: { cards: [], sectors: [] } }),
  bad('a card profile that is not approved', ['ENC-PROFILE-UNKNOWN card.technologyProfile'], exampleOrder(), { profiles: { cards: [exampleCardProfile('PIVC_MIFARE', { release: draft })], sectors: [] } }),
  bad('an unknown card profile', ['ENC-PROFILE-UNKNOWN card.profileId'], section('card', { profileId: 'other' })),
  bad('a version that is not there', ['ENC-PROFILE-UNKNOWN company.sectorProfileId'], coded({}, { sectorProfileVersion: 2 })),
  bad('a version that is not approved', ['ENC-PROFILE-UNKNOWN company.sectorProfileId'], coded(), { profiles: { cards, sectors: [exampleSectorProfile({ release: draft })] } }),
  bad('a card without MIFARE', ['ENC-PROFILE-UNSUPPORTED company.sectorProfileId'], coded({ technologyProfile: 'PIVC' })),
  bad("another company's", ['ENC-PROFILE-OTHER-COMPANY company.sectorProfileId'], coded({}, { organisationNumber: '5561034249' })),
]);

describeRule('R38', [
  good('no sector coding'),
  good('sector coding', coded()),
  bad('the sector of the tag', ['ENC-PROFILE-INVALID sectors.0.sector'], coded(), { profiles: { cards, sectors: [exampleSectorProfile({ sectors: [{ ...sector, sector: 15 }] })] } }),
]);
