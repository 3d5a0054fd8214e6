import type { Order } from '../../../../queue/order/order-schema.ts';
import { changed } from '../../../support/orders/example-order.ts';
import { describeRule } from '../../../support/orders/describe-rule.ts';
import { bad, good } from '../../../support/orders/rule-cases.ts';

const address = (part: Partial<NonNullable<Order['delivery']['address']>>): Order =>
  changed(({ delivery }) => ({ delivery: { ...delivery, address: { countryCode: 'SE', ...delivery.address, ...part } } }));
const pickup = (pickupPoint: string | undefined = 'STOCKHOLM'): Order => changed(() => ({ delivery: { mode: 'EXPRESS_PICKUP', ...(pickupPoint === undefined ? {} : { pickupPoint }) } }));
const hours = { pickupPoints: ['STOCKHOLM'], hours: { fromMinute: 480, toMinute: 960 } };
const at = (instant: string) => ({ now: Date.parse(instant), site: { express: hours } });
const accessory = (sku: string, quantity = 1): Order => changed(() => ({ accessories: [{ sku: 'EM_FOB', quantity: 3 }, { sku, quantity }] }));

describeRule('R32', [
  good('a Swedish address'),
  good('without blank in the postcode', address({ postalCode: '73140' })),
  good('pick-up needs none', pickup()),
  bad('no address', ['DEL-ADDRESS delivery.address'], changed(() => ({ delivery: { mode: 'STANDARD' } }))),
  bad('nothing in it', ['recipient', 'line1', 'postalCode', 'city'].map((line) => `DEL-ADDRESS delivery.address.${line}`), changed(() => ({ delivery: { mode: 'STANDARD', address: { countryCode: 'SE' } } }))),
  bad('four digits', ['DEL-ADDRESS delivery.address.postalCode'], address({ postalCode: '7314' })),
  bad('a postcode that begins with 0', ['DEL-ADDRESS delivery.address.postalCode'], address({ postalCode: '01234' })),
  bad('Norway', ['DEL-OUTSIDE-PROMISE delivery.address.countryCode'], address({ postalCode: '0150', countryCode: 'NO' })),
]);

describeRule('R33', [
  good('standard', address({}), { site: { express: null } }),
  good('pick-up, always open', pickup()),
  good('pick-up on a Monday at 8:00', pickup(), at('2026-11-23T07:00:00Z')),
  bad('no pick-up here', ['DEL-EXPRESS-UNAVAILABLE delivery.mode'], pickup(), { site: { express: null } }),
  bad('another pick-up point', ['DEL-EXPRESS-UNAVAILABLE delivery.pickupPoint'], pickup('KIRUNA')),
  bad('no pick-up point', ['DEL-ADDRESS delivery.pickupPoint'], changed(() => ({ delivery: { mode: 'EXPRESS_PICKUP' } }))),
  bad('a minute too early', ['DEL-EXPRESS-UNAVAILABLE delivery.mode'], pickup(), at('2026-11-23T06:59:00Z')),
  bad('at closing time', ['DEL-EXPRESS-UNAVAILABLE delivery.mode'], pickup(), at('2026-11-23T15:00:00Z')),
  bad('on a Sunday', ['DEL-EXPRESS-UNAVAILABLE delivery.mode'], pickup(), at('2026-11-22T10:00:00Z')),
  bad('on Christmas Eve', ['DEL-EXPRESS-UNAVAILABLE delivery.mode'], pickup(), at('2026-12-24T10:00:00Z')),
]);

describeRule('R35', [
  good('none'),
  good('in stock', accessory('EM_HOLDER', 2)),
  bad('unknown', ['DEL-ACCESSORY-UNKNOWN accessories.1.sku'], accessory('EM_LAMP')),
  bad('a name of every object', ['DEL-ACCESSORY-UNKNOWN accessories.1.sku'], accessory('constructor')),
  bad('too few in stock', ['DEL-ACCESSORY-STOCK accessories.1.quantity'], accessory('EM_HOLDER', 3)),
]);
