import type { Finding } from '../../drivers/contracts/finding.ts';
import { stockholmTime } from '../order/calendar.ts';
import type { OrderUnderCheck } from '../order/order-schema.ts';
import { isWorkingDay } from '../order/working-days.ts';
import type { RuleContext } from './rule-context.ts';
import { about, when, type OrderRule } from './rule.ts';

const requiredLines = ['recipient', 'line1', 'postalCode', 'city'] as const;

/** R32, R33, R35: where the card goes, and what goes with it. */
export const deliveryRules: readonly OrderRule[] = [
  { id: 'R32', source: 'own check', codes: ['DEL-ADDRESS', 'DEL-OUTSIDE-PROMISE'], check: addressFindings },
  { id: 'R33', source: 'own check', codes: ['DEL-EXPRESS-UNAVAILABLE', 'DEL-ADDRESS'], check: expressFindings },
  {
    id: 'R35',
    source: 'own check',
    codes: ['DEL-ACCESSORY-UNKNOWN', 'DEL-ACCESSORY-STOCK'],
    check: ({ accessories }, { site }) =>
      accessories.flatMap(({ sku, quantity }, index) => {
        const stock = Object.hasOwn(site.accessories, sku) ? site.accessories[sku] : undefined;
        if (stock === undefined) return [about('DEL-ACCESSORY-UNKNOWN', `accessories.${index}.sku`)];
        return when(stock !== null && stock < quantity, 'DEL-ACCESSORY-STOCK', `accessories.${index}.quantity`);
      }),
  },
];

function addressFindings({ delivery }: OrderUnderCheck): readonly Finding[] {
  if (delivery.mode !== 'STANDARD') return [];
  const { address } = delivery;
  if (address === undefined) return [about('DEL-ADDRESS', 'delivery.address')];
  const swedish = address.countryCode === 'SE';
  const postcode = address.postalCode?.replace(/\s/gu, '') ?? '';
  return [
    ...requiredLines.flatMap((line) => when(address[line] === undefined, 'DEL-ADDRESS', `delivery.address.${line}`)),
    ...when(swedish && address.postalCode !== undefined && !/^[1-9]\d{4}$/.test(postcode), 'DEL-ADDRESS', 'delivery.address.postalCode', 'five digits'),
    ...when(!swedish, 'DEL-OUTSIDE-PROMISE', 'delivery.address.countryCode'),
  ];
}

function expressFindings({ delivery }: OrderUnderCheck, { site, now }: RuleContext): readonly Finding[] {
  if (delivery.mode !== 'EXPRESS_PICKUP') return [];
  if (delivery.pickupPoint === undefined) return [about('DEL-ADDRESS', 'delivery.pickupPoint')];
  if (site.express === null) return [about('DEL-EXPRESS-UNAVAILABLE', 'delivery.mode', 'this site hands out no cards')];
  if (!site.express.pickupPoints.includes(delivery.pickupPoint)) return [about('DEL-EXPRESS-UNAVAILABLE', 'delivery.pickupPoint', 'not a pick-up point of this site')];
  const { hours } = site.express;
  const { day, minuteOfDay } = stockholmTime(now);
  const open = hours === null || (isWorkingDay(day) && minuteOfDay >= hours.fromMinute && minuteOfDay < hours.toMinute);
  return when(!open, 'DEL-EXPRESS-UNAVAILABLE', 'delivery.mode', 'outside opening hours');
}
