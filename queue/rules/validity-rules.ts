import type { Finding } from '../../drivers/contracts/finding.ts';
import { addMonths } from '../order/calendar.ts';
import { MAX_VALIDITY_MONTHS, orderDay } from '../order/derived-values.ts';
import type { OrderUnderCheck } from '../order/order-schema.ts';
import { validityCapMonths } from './nationality.ts';
import type { RuleContext } from './rule-context.ts';
import { about, when, type OrderRule } from './rule.ts';

/** R18 to R21: the generation of the card and how long it is valid. */
export const validityRules: readonly OrderRule[] = [
  {
    id: 'R18',
    source: 'own check',
    codes: ['VAL-GENERATION-CLOSED'],
    check: (order, { settings }) => {
      if (order.card.generation === '2.0' || orderDay(order) <= settings.generation1LastDay) return [];
      return [{ code: 'VAL-GENERATION-CLOSED', field: 'card.generation', detail: { field: 'card.generation', date: settings.generation1LastDay } }];
    },
  },
  {
    id: 'R19',
    source: 'own check',
    codes: ['ENC-EM-NOT-ON-CARD'],
    check: ({ card }) => when(card.generation === '2.0' && card.extraTechnologies?.includes('EM') === true, 'ENC-EM-NOT-ON-CARD', 'card.extraTechnologies'),
  },
  { id: 'R20', source: 'own check', codes: ['VAL-TOO-LONG', 'VAL-PAST', 'ORD-SCHEMA'], check: validityFindings },
  { id: 'R21', source: 'own check', codes: ['VAL-GROUP-LIMIT'], check: groupFindings },
];

/** Against the day of production: never above five years, at least one day. */
function validityFindings({ card }: OrderUnderCheck, { today }: RuleContext): readonly Finding[] {
  if (card.validTo !== undefined && card.validityMonths !== undefined) return [about('ORD-SCHEMA', 'card.validTo', 'validTo and validityMonths are given both')];
  if (card.validityMonths !== undefined) return when(card.validityMonths > MAX_VALIDITY_MONTHS, 'VAL-TOO-LONG', 'card.validityMonths');
  if (card.validTo === undefined) return [];
  return [...when(card.validTo > addMonths(today, MAX_VALIDITY_MONTHS), 'VAL-TOO-LONG', 'card.validTo'), ...when(card.validTo <= today, 'VAL-PAST', 'card.validTo')];
}

/** A shorter cap for the holder's group. Not said again of what is above five years for everybody. */
function groupFindings(order: OrderUnderCheck, context: RuleContext): readonly Finding[] {
  const { card } = order;
  if (validityFindings(order, context).length > 0) return [];
  const months = validityCapMonths(order, orderDay(order), context.settings);
  if (months === null) return [about('VAL-GROUP-LIMIT', 'holder.identity.type', 'the validity table has no row for this holder')];
  if (card.validityMonths !== undefined) return when(card.validityMonths > months, 'VAL-GROUP-LIMIT', 'card.validityMonths', `at most ${months} months`);
  return when(card.validTo !== undefined && card.validTo > addMonths(context.today, months), 'VAL-GROUP-LIMIT', 'card.validTo', `at most ${months} months`);
}
