import { contentHash } from '../../../../queue/order/content-hash.ts';
import type { Order } from '../../../../queue/order/order-schema.ts';
import type { CardStatus, KnownOrders } from '../../../../queue/rules/rule-context.ts';
import { changed, exampleOrder } from '../../../support/orders/example-order.ts';
import { describeRule } from '../../../support/orders/describe-rule.ts';
import { bad, good, section } from '../../../support/orders/rule-cases.ts';

const key = '5560160680/200002292399';
const old = 'BB-2401-000007';
const reorder = (rest: Partial<NonNullable<Order['reorder']>> = {}): Order => changed(() => ({ reorder: { replacesCardNumber: old, reason: 'LOST', ...rest } }));
const card = (status: CardStatus, duplicateKey = key): { readonly known: Partial<KnownOrders> } => ({
  known: { cardOf: (number) => (number === old ? { orderId: 'EARLIER', duplicateKey, status } : null) },
});

describeRule('R01', [
  good('a new message'),
  good('the same message again', exampleOrder(), { known: { orderOfMessage: () => 'ORDER-1' } }),
  good('without message id', changed(() => ({ messageId: undefined })), { known: { orderOfMessage: () => 'ORDER-9' } }),
  bad('a message that brought another order', ['ORD-CONFLICT messageId'], exampleOrder(), { known: { orderOfMessage: () => 'ORDER-9' } }),
]);

describeRule('R02', [
  good('a new order'),
  good('the same order again', exampleOrder(), { known: { contentHashOf: () => contentHash(exampleOrder()) } }),
  good('a picture that cannot be read', { ...exampleOrder(), photo: null }, { known: { contentHashOf: () => 'ff'.repeat(32) } }),
  bad('the same number with other content', ['ORD-CONFLICT orderId'], exampleOrder(), { known: { contentHashOf: (id) => (id === 'ORDER-1' ? 'ff'.repeat(32) : null) } }),
]);

const another: { readonly known: Partial<KnownOrders> } = { known: { othersOf: (found, orderId) => (found === key && orderId === 'ORDER-1' ? [{ orderId: 'ORDER-0' }] : []) } };

describeRule('R29', [
  good('the first'),
  good('a replacement', reorder(), another),
  bad('a second one', ['REO-DUPLICATE holder.identity'], exampleOrder(), another),
]);

describeRule('R30', [
  good('no replacement', exampleOrder(), card('ACTIVE')),
  good('a blocked card of the station', reorder(), card('BLOCKED')),
  good('a card that upstream knows as blocked', reorder({ oldCardStatus: 'BLOCKED' })),
  good('a card that upstream blocked', reorder({ oldCardBlockedAt: '2026-09-13T10:00:00Z' }), card('ACTIVE')),
  good('a renewal of an active card', reorder({ reason: 'RENEWAL' }), card('ACTIVE')),
  bad('a card nobody knows', ['REO-OLD-UNKNOWN reorder.replacesCardNumber'], reorder()),
  bad('a card of another person', ['REO-OLD-OTHER-HOLDER reorder.replacesCardNumber'], reorder(), card('BLOCKED', '5560160680/195704289999')),
  bad('an active card', ['REO-OLD-NOT-BLOCKED reorder.replacesCardNumber'], reorder(), card('ACTIVE')),
  bad('a suspended card', ['REO-OLD-NOT-BLOCKED reorder.replacesCardNumber'], reorder({ oldCardStatus: 'SUSPENDED' })),
]);

describeRule('R31', [
  good('no replacement', exampleOrder(), card('PRODUCED')),
  good('a terminated card', reorder(), card('TERMINATED')),
  bad('a card that was never activated', ['REO-OLD-NEEDS-TERMINATION reorder.replacesCardNumber'], reorder(), card('PRODUCED')),
]);

describeRule('R42', [
  good('no number given'),
  good('a free number', section('card', { number: 'BB-2611-000001' }), card('ACTIVE')),
  good('the number of this order', section('card', { number: old }), { known: { cardOf: () => ({ orderId: 'ORDER-1', duplicateKey: key, status: 'PRODUCED' }) } }),
  bad('a used number', ['QC-NUMBER-REUSED card.number'], section('card', { number: old }), card('TERMINATED')),
]);
