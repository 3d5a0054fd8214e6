import type { Finding } from '../../drivers/contracts/finding.ts';
import { contentHash } from '../order/content-hash.ts';
import type { OrderUnderCheck } from '../order/order-schema.ts';
import { when, type OrderRule } from './rule.ts';

const approvers = ['orderer', 'issuer', 'holder', 'trade'] as const;

/** R25 to R28, R43, R46: everybody who must agree has agreed, to this content. */
export const approvalRules: readonly OrderRule[] = [
  {
    id: 'R25',
    source: 'upstream says',
    codes: ['APR-ORDERER', 'APR-ISSUER', 'APR-HOLDER'],
    check: ({ approvals }) => [
      ...when(approvals.orderer?.state !== 'APPROVED' && approvals.orderer?.state !== 'WITHDRAWN', 'APR-ORDERER', 'approvals.orderer'),
      ...when(approvals.issuer?.state !== 'APPROVED', 'APR-ISSUER', 'approvals.issuer'),
      ...when(approvals.holder === undefined || approvals.holder.state === 'WAITING', 'APR-HOLDER', 'approvals.holder'),
    ],
  },
  {
    id: 'R26',
    source: 'upstream says',
    codes: ['APR-TRADE-WAITING', 'APR-TRADE-REFUSED'],
    check: ({ trade, approvals }) => {
      if (trade?.approvalRequired !== true) return [];
      const state = approvals.trade?.state ?? 'WAITING';
      return [
        ...when(state === 'WAITING', 'APR-TRADE-WAITING', 'approvals.trade'),
        ...when(state === 'REFUSED' || state === 'WITHDRAWN', 'APR-TRADE-REFUSED', 'approvals.trade'),
      ];
    },
  },
  { id: 'R27', source: 'own check', codes: ['APR-CONTENT-CHANGED'], check: hashFindings },
  {
    id: 'R28',
    source: 'upstream says',
    codes: ['APR-HOLDER-REFUSED'],
    check: ({ approvals }) => when(approvals.holder?.state === 'REFUSED' || approvals.holder?.state === 'WITHDRAWN', 'APR-HOLDER-REFUSED', 'approvals.holder'),
  },
  {
    id: 'R43',
    source: 'own check',
    codes: ['ORD-NOT-APPROVED'],
    check: ({ photo }, { site }) => {
      if (photo === null) return [];
      const decision = photo.review?.decision;
      return when(decision === 'refused' || (decision === undefined && site.photoReviewRequired), 'ORD-NOT-APPROVED', 'photo.review');
    },
  },
  {
    id: 'R46',
    source: 'own check',
    codes: ['ORD-WITHDRAWN'],
    check: ({ withdrawnAt, approvals }) => when(withdrawnAt !== undefined || approvals.orderer?.state === 'WITHDRAWN', 'ORD-WITHDRAWN', withdrawnAt === undefined ? 'approvals.orderer' : 'withdrawnAt'),
  },
];

/** Every approval that names a content names this one; the holder's must name it. Silent while a picture cannot be read. */
function hashFindings(order: OrderUnderCheck): readonly Finding[] {
  const current = contentHash(order);
  if (current === null) return [];
  return approvers.flatMap((approver) => {
    const approval = order.approvals[approver];
    if (approval?.state !== 'APPROVED') return [];
    const same = approval.contentHash === current || (approval.contentHash === undefined && approver !== 'holder');
    return when(!same, 'APR-CONTENT-CHANGED', `approvals.${approver}.contentHash`);
  });
}
