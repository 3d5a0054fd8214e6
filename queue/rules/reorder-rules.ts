import type { Finding } from '../../drivers/contracts/finding.ts';
import { contentHash } from '../order/content-hash.ts';
import { duplicateKey } from '../order/derived-values.ts';
import type { OrderUnderCheck } from '../order/order-schema.ts';
import type { CardStatus, RuleContext } from './rule-context.ts';
import { about, when, type OrderRule } from './rule.ts';

/** R01, R02, R29 to R31, R42: this order among the others. */
export const reorderRules: readonly OrderRule[] = [
  {
    id: 'R01',
    source: 'own check',
    codes: ['ORD-CONFLICT'],
    check: ({ messageId, orderId }, { known }) => {
      const earlier = messageId === undefined ? null : known.orderOfMessage(messageId);
      return when(earlier !== null && earlier !== orderId, 'ORD-CONFLICT', 'messageId', 'the message brought another order');
    },
  },
  {
    id: 'R02',
    source: 'own check',
    codes: ['ORD-CONFLICT'],
    check: (order, { known }) => {
      const [earlier, current] = [known.contentHashOf(order.orderId), contentHash(order)];
      return when(earlier !== null && current !== null && earlier !== current, 'ORD-CONFLICT', 'orderId');
    },
  },
  {
    id: 'R29',
    source: 'own check',
    codes: ['REO-DUPLICATE'],
    check: (order, { known }) => {
      if (order.reorder !== undefined) return [];
      const others = known.othersOf(duplicateKey(order), order.orderId);
      return when(others.length > 0, 'REO-DUPLICATE', 'holder.identity', `order ${others.map(({ orderId }) => orderId).join(', ')}`);
    },
  },
  { id: 'R30', source: 'upstream says', codes: ['REO-OLD-UNKNOWN', 'REO-OLD-OTHER-HOLDER', 'REO-OLD-NOT-BLOCKED'], check: oldCardFindings },
  {
    id: 'R31',
    source: 'own check',
    codes: ['REO-OLD-NEEDS-TERMINATION'],
    check: (order, context) => when(order.reorder !== undefined && oldCardStatus(order, context) === 'PRODUCED', 'REO-OLD-NEEDS-TERMINATION', 'reorder.replacesCardNumber'),
  },
  {
    id: 'R42',
    source: 'own check',
    codes: ['QC-NUMBER-REUSED'],
    check: ({ card, orderId }, { known }) => {
      const earlier = card.number === undefined ? null : known.cardOf(card.number);
      return when(earlier !== null && earlier.orderId !== orderId, 'QC-NUMBER-REUSED', 'card.number');
    },
  },
];

/** The replaced card is known, belongs to the same person at the same company, and cannot be used any more. A renewal may overlap. */
function oldCardFindings(order: OrderUnderCheck, context: RuleContext): readonly Finding[] {
  const { reorder } = order;
  if (reorder === undefined) return [];
  const card = context.known.cardOf(reorder.replacesCardNumber);
  const status = oldCardStatus(order, context);
  const field = 'reorder.replacesCardNumber';
  if (status === null) return [about('REO-OLD-UNKNOWN', field)];
  if (card !== null && card.duplicateKey !== duplicateKey(order)) return [about('REO-OLD-OTHER-HOLDER', field)];
  const usable = status === 'ACTIVE' || status === 'SUSPENDED';
  return when(usable && reorder.reason !== 'RENEWAL', 'REO-OLD-NOT-BLOCKED', field);
}

/** What became of the replaced card: as upstream says now, else as the station knows it; null when nobody knows the card. */
function oldCardStatus(order: OrderUnderCheck, { known }: RuleContext): CardStatus | null {
  const { reorder } = order;
  if (reorder === undefined) return null;
  const stated = reorder.oldCardStatus ?? (reorder.oldCardBlockedAt === undefined ? undefined : 'BLOCKED');
  return stated ?? known.cardOf(reorder.replacesCardNumber)?.status ?? null;
}
