import type { Order } from '../../../../queue/order/order-schema.ts';
import { changed } from '../../../support/orders/example-order.ts';
import { describeRule } from '../../../support/orders/describe-rule.ts';
import { bad, good, section } from '../../../support/orders/rule-cases.ts';

const foreigner = (nationality: string, card: Partial<Order['card']>, orderedAt = '2026-09-14T07:30:00Z'): Order =>
  changed((order) => ({
    orderedAt,
    holder: { ...order.holder, nationality, identity: { type: 'FOREIGN', value: '38501010002', country: nationality }, dateOfBirth: '1985-01-01' },
    card: { ...order.card, ...card },
  }));

describeRule('R18', [
  good('generation 2.0'),
  good('generation 1.0 on the last day', changed((order) => ({ orderedAt: '2019-06-20T20:00:00Z', card: { ...order.card, generation: '1.0' } }))),
  bad('generation 1.0 a day later', ['VAL-GENERATION-CLOSED card.generation'], changed((order) => ({ orderedAt: '2019-06-20T22:00:00Z', card: { ...order.card, generation: '1.0' } }))),
]);

describeRule('R19', [
  good('nothing beside the profile'),
  good('something else', section('card', { extraTechnologies: ['NFC'] })),
  bad('EM', ['ENC-EM-NOT-ON-CARD card.extraTechnologies'], section('card', { extraTechnologies: ['EM'] })),
]);

describeRule('R20', [
  good('the most'),
  good('60 months', section('card', { validityMonths: 60 })),
  good('five years from today', section('card', { validTo: '2031-11-22' })),
  good('tomorrow', section('card', { validTo: '2026-11-23' })),
  bad('61 months', ['VAL-TOO-LONG card.validityMonths'], section('card', { validityMonths: 61 })),
  bad('a day over five years', ['VAL-TOO-LONG card.validTo'], section('card', { validTo: '2031-11-23' })),
  bad('today', ['VAL-PAST card.validTo'], section('card', { validTo: '2026-11-22' })),
  bad('long ago', ['VAL-PAST card.validTo'], section('card', { validTo: '2020-01-01' })),
  bad('both ways', ['ORD-SCHEMA card.validTo'], section('card', { validTo: '2027-01-01', validityMonths: 12 })),
]);

describeRule('R21', [
  good('a Swede for five years', section('card', { validityMonths: 60 })),
  good('an EU citizen without Swedish number, the most', foreigner('LT', {})),
  good('an EU citizen without Swedish number for 6 months', foreigner('LT', { validityMonths: 6 })),
  good('of the third country for 6 months, ordered before 2026-01-28', foreigner('UA', { validityMonths: 6 }, '2026-01-27T12:00:00Z')),
  good('over five years is said by R20', foreigner('UA', { validityMonths: 61 })),
  bad('an EU citizen without Swedish number for 7 months', ['VAL-GROUP-LIMIT card.validityMonths'], foreigner('LT', { validityMonths: 7 })),
  bad('of the third country for 4 months, ordered after', ['VAL-GROUP-LIMIT card.validityMonths'], foreigner('UA', { validityMonths: 4 })),
  bad('of the third country beyond three months by date', ['VAL-GROUP-LIMIT card.validTo'], foreigner('UA', { validTo: '2027-02-23' })),
  bad('ordered before the table begins', ['VAL-GROUP-LIMIT holder.identity.type'], changed(() => ({ orderedAt: '2018-09-30T12:00:00Z' }))),
]);
