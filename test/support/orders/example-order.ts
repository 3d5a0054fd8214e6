import { contentHash } from '../../../queue/order/content-hash.ts';
import type { Order, OrderUnderCheck } from '../../../queue/order/order-schema.ts';

const approvedAt = '2026-09-15T16:40:00Z';

/** An order that every rule lets through; its approvals name its content. */
export function exampleOrder(): Order {
  return approve({
    schemaVersion: 1,
    messageId: '6f1c0c5e-7d0a-4c61-9b1e-000000010001',
    orderId: 'ORDER-1',
    orderedAt: '2026-09-14T07:30:00Z',
    orderer: { accountId: 'account-1', role: 'SIGNATORY' },
    company: { country: 'SE', organisationNumber: '5560160680', form: 'AB', registeredName: 'Exempelbygg AB', registeredAtBolagsverket: true, id06Status: 'ACTIVE' },
    holder: {
      firstName: 'Åke',
      lastName: 'Sjöström',
      identity: { type: 'PERSONNUMMER', value: '200002292399' },
      nationality: 'SE',
      email: 'ake@kortverk.example',
      mobile: '+46 70 000 00 00',
      identification: { method: 'PASSPORT', verifiedName: 'ÅKE SJÖSTRÖM', verifiedAt: '2026-09-14T07:25:00Z' },
    },
    card: { generation: '2.0', type: 'STANDARD', technologyProfile: 'PIVC_MIFARE' },
    photo: {
      assetId: 'photo.jpg', sha256: 'aa'.repeat(32), mime: 'image/jpeg', width: 492, height: 656, takenAt: '2026-08-20',
      review: { decision: 'approved', by: 'reviewer-1', at: '2026-09-15T08:05:00Z' },
    },
    logo: { use: true, colour: true, assetId: 'logo.png', sha256: 'bb'.repeat(32), mime: 'image/png', width: 708, height: 236 },
    approvals: {},
    delivery: { mode: 'STANDARD', address: { recipient: 'Åke Sjöström', line1: 'Betongvägen 4', postalCode: '731 40', city: 'Köping', countryCode: 'SE' } },
    accessories: [],
    letter: { template: 'activation', language: 'sv' },
  });
}

/** The same order with every needed approval, naming the content as it is. */
export function approve(order: Order): Order {
  const approval = { state: 'APPROVED', by: 'somebody', at: approvedAt, contentHash: contentHash(order) ?? '' } as const;
  return { ...order, approvals: { orderer: approval, issuer: approval, holder: approval } };
}

/** The example changed, and approved again as changed. */
export function changed(change: (order: Order) => Partial<Order>): Order {
  const order = exampleOrder();
  return approve({ ...order, ...change(order) });
}

/** The example changed after it was approved. */
export function spoilt(change: (order: Order) => Partial<OrderUnderCheck>): OrderUnderCheck {
  const order = exampleOrder();
  return { ...order, ...change(order) };
}
