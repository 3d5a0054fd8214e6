import type { OrderUnderCheck } from '../../../../queue/order/order-schema.ts';
import { approve, changed, exampleOrder, spoilt } from '../../../support/orders/example-order.ts';
import { describeRule } from '../../../support/orders/describe-rule.ts';
import { approvals, bad, good, section } from '../../../support/orders/rule-cases.ts';

const given = exampleOrder().approvals.holder;
const other = { state: 'APPROVED', contentHash: 'ee'.repeat(32) } as const;

describeRule('R25', [
  good('all three'),
  good('a holder who refused is said by R28', approvals({ holder: { state: 'REFUSED' } })),
  good('a withdrawn order is said by R46', approvals({ orderer: { state: 'WITHDRAWN' } })),
  bad('none', ['APR-ORDERER approvals.orderer', 'APR-ISSUER approvals.issuer', 'APR-HOLDER approvals.holder'], spoilt(() => ({ approvals: {} }))),
  bad('the holder waits', ['APR-HOLDER approvals.holder'], approvals({ holder: { state: 'WAITING' } })),
  bad('the issuer refused', ['APR-ISSUER approvals.issuer'], approvals({ issuer: { state: 'REFUSED' } })),
]);

const trade = (state: 'WAITING' | 'APPROVED' | 'REFUSED' | 'WITHDRAWN' | undefined, approvalRequired = true): OrderUnderCheck =>
  spoilt((order) => ({ trade: { organisationCode: 'BYGG', approvalRequired }, approvals: state === undefined ? order.approvals : { ...order.approvals, trade: { state } } }));

describeRule('R26', [
  good('no trade organisation'),
  good('not required', trade('REFUSED', false)),
  good('approved', trade('APPROVED')),
  bad('not asked yet', ['APR-TRADE-WAITING approvals.trade'], trade(undefined)),
  bad('waiting', ['APR-TRADE-WAITING approvals.trade'], trade('WAITING')),
  bad('refused', ['APR-TRADE-REFUSED approvals.trade'], trade('REFUSED')),
  bad('taken back', ['APR-TRADE-REFUSED approvals.trade'], trade('WITHDRAWN')),
]);

describeRule('R27', [
  good('all name the content'),
  good('orderer and issuer need not name it', approvals({ orderer: { state: 'APPROVED' }, issuer: { state: 'APPROVED' } })),
  good('who has not approved has named nothing', approvals({ holder: { state: 'WAITING' } })),
  good('a picture that cannot be read', { ...exampleOrder(), photo: null }),
  bad('the name changed', ['orderer', 'issuer', 'holder'].map((who) => `APR-CONTENT-CHANGED approvals.${who}.contentHash`), spoilt((order) => ({ holder: { ...order.holder, lastName: 'Sjöberg' } }))),
  bad('the holder named another content', ['APR-CONTENT-CHANGED approvals.holder.contentHash'], approvals({ holder: other })),
  bad('the holder named none', ['APR-CONTENT-CHANGED approvals.holder.contentHash'], approvals({ holder: { state: 'APPROVED' } })),
  bad('the trade organisation named another', ['APR-CONTENT-CHANGED approvals.trade.contentHash'], approvals({ trade: other })),
]);

describeRule('R28', [
  good('approved'),
  bad('refused', ['APR-HOLDER-REFUSED approvals.holder'], approvals({ holder: { state: 'REFUSED' } })),
  bad('taken back', ['APR-HOLDER-REFUSED approvals.holder'], approvals({ holder: { ...given, state: 'WITHDRAWN' } })),
]);

describeRule('R43', [
  good('reviewed'),
  good('not reviewed where no review is required', section('photo', { review: undefined }), { site: { photoReviewRequired: false } }),
  good('a picture that cannot be read', { ...exampleOrder(), photo: null }),
  bad('not reviewed', ['ORD-NOT-APPROVED photo.review'], section('photo', { review: undefined })),
  bad('refused by the reviewer', ['ORD-NOT-APPROVED photo.review'], section('photo', { review: { decision: 'refused', by: 'r', at: '2026-09-15T08:05:00Z' } }), { site: { photoReviewRequired: false } }),
]);

describeRule('R46', [
  good('standing'),
  bad('withdrawn', ['ORD-WITHDRAWN withdrawnAt'], approve(changed(() => ({ withdrawnAt: '2026-09-20T08:00:00Z' })))),
  bad('the orderer took it back', ['ORD-WITHDRAWN approvals.orderer'], approvals({ orderer: { state: 'WITHDRAWN' } })),
]);
