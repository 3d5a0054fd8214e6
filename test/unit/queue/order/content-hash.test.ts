import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { approvedContent, contentHash } from '../../../../queue/order/content-hash.ts';
import type { Order, OrderUnderCheck } from '../../../../queue/order/order-schema.ts';
import { exampleOrder } from '../../../support/orders/example-order.ts';

/** RFC 8785 form of the example's content, written by hand: keys in order, no blanks, letters as they are. */
const canonical =
  '{"companyCountry":"SE","companyName":"Exempelbygg AB",' +
  '"delivery":{"address":{"city":"Köping","countryCode":"SE","line1":"Betongvägen 4","postalCode":"731 40","recipient":"Åke Sjöström"},"mode":"STANDARD"},' +
  `"firstName":"Åke","lastName":"Sjöström","logo":"${'bb'.repeat(32)}","organisationNumber":"556016-0680","photo":"${'aa'.repeat(32)}",` +
  '"schema":"kortverk-content-1","validity":{"months":null,"validTo":null}}';

/** `sha256sum` of that text. A change here makes every approval given so far worthless. */
const digest = 'e99f17504e7a8369d0fd5c0f29eedcebcc0bbf74ff523a386e9fa85935232d8f';

const hashOf = (change: (order: Order) => Partial<OrderUnderCheck>): string | null => contentHash({ ...exampleOrder(), ...change(exampleOrder()) });

describe('the content hash', () => {
  it('is SHA-256 over the canonical JSON, a fixed vector', () => {
    expect(createHash('sha256').update(canonical, 'utf8').digest('hex')).toBe(digest);
    expect(contentHash(exampleOrder())).toBe(digest);
  });

  it('names exactly what the holder approves', () => {
    expect(Object.keys(approvedContent(exampleOrder()) ?? {}).toSorted()).toEqual(
      ['companyCountry', 'companyName', 'delivery', 'firstName', 'lastName', 'logo', 'organisationNumber', 'photo', 'schema', 'validity'],
    );
  });

  it.each<[string, (order: Order) => Partial<OrderUnderCheck>]>([
    ['first name', ({ holder }) => ({ holder: { ...holder, firstName: 'Ake' } })],
    ['last name', ({ holder }) => ({ holder: { ...holder, lastName: 'Sjöstrom' } })],
    ['company name', ({ company }) => ({ company: { ...company, registeredName: 'Exempelbygg Aktiebolag' } })],
    ['organisation number', ({ company }) => ({ company: { ...company, organisationNumber: '5561034249' } })],
    ['photo', ({ photo }) => ({ photo: { ...photo, sha256: 'cc'.repeat(32) } })],
    ['logo', ({ logo }) => ({ logo: { ...logo, sha256: 'cc'.repeat(32) } })],
    ['use of the logo', () => ({ logo: { use: false } })],
    ['months', ({ card }) => ({ card: { ...card, validityMonths: 60 } })],
    ['last day', ({ card }) => ({ card: { ...card, validTo: '2027-01-01' } })],
    ['address', ({ delivery }) => ({ delivery: { ...delivery, address: { countryCode: 'SE', city: 'Arboga' } } })],
    ['way of delivery', () => ({ delivery: { mode: 'EXPRESS_PICKUP', pickupPoint: 'STOCKHOLM' } })],
  ])('changes with the %s', (_name, change) => {
    expect(hashOf(change)).not.toBe(digest);
    expect(hashOf(change)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each<[string, (order: Order) => Partial<OrderUnderCheck>]>([
    ['card number', ({ card }) => ({ card: { ...card, number: 'BB-2611-000001' } })],
    ['reviewer and his crop', ({ photo }) => ({ photo: { ...photo, crop: { x: 0, y: 0, w: 300, h: 410 }, review: undefined } })],
    ['approvals', () => ({ approvals: {} })],
    ['writing of the organisation number', ({ company }) => ({ company: { ...company, organisationNumber: '16556016-0680' } })],
    ['contact', ({ holder }) => ({ holder: { ...holder, email: 'other@kortverk.example' } })],
    ['add-ons', () => ({ accessories: [{ sku: 'EM_FOB', quantity: 1 }] })],
    ['logo that is offered but not used', () => ({ logo: { use: true, sha256: 'bb'.repeat(32), assetId: 'another-name.png' } })],
  ])('stays with another %s', (_name, change) => {
    expect(hashOf(change)).toBe(digest);
  });

  it('is not there while a picture is not', () => {
    expect(hashOf(() => ({ photo: null }))).toBeNull();
    expect(hashOf(() => ({ logo: null }))).toBeNull();
    expect(hashOf(() => ({ logo: { use: true } }))).toBeNull();
  });
});
