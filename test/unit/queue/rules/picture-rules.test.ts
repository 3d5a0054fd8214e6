import type { Order } from '../../../../queue/order/order-schema.ts';
import { changed, spoilt } from '../../../support/orders/example-order.ts';
import { describeRule } from '../../../support/orders/describe-rule.ts';
import { bad, good, section } from '../../../support/orders/rule-cases.ts';

const unreadable = spoilt(() => ({ photo: null, logo: null }));
const logo = (width: number, height: number): Order => section('logo', { width, height });
const taken = (takenAt: string | undefined): Order => section('photo', { takenAt });

describeRule('P23', [
  good('492 x 656'),
  good('300 x 410', section('photo', { width: 300, height: 410 })),
  good('a crop of 300 x 410', section('photo', { crop: { x: 192, y: 246, w: 300, h: 410 } })),
  good('nothing to judge', unreadable),
  bad('299 x 410', ['PHO-TOO-SMALL photo'], section('photo', { width: 299, height: 410 })),
  bad('300 x 409', ['PHO-TOO-SMALL photo'], section('photo', { width: 300, height: 409 })),
  bad('a crop of 299 x 410', ['PHO-TOO-SMALL photo.crop'], section('photo', { crop: { x: 0, y: 0, w: 299, h: 410 } })),
  bad('a crop that leaves the picture', ['PHO-FRAMING photo.crop'], section('photo', { crop: { x: 193, y: 0, w: 300, h: 410 } })),
]);

describeRule('P24', [
  good('three weeks before the order'),
  good('six months before the order', taken('2026-03-14')),
  good('nothing to judge', unreadable),
  good('an order that waited a year', changed(() => ({})), { now: Date.parse('2027-11-22T09:00:00Z') }),
  bad('a day more', ['PHO-TOO-OLD photo.takenAt'], taken('2026-03-13')),
  bad('unknown', ['PHO-AGE-UNKNOWN photo.takenAt'], taken(undefined)),
]);

describeRule('P27', [
  good('of this person alone'),
  good('nothing to judge', unreadable, { known: { photoOfOther: () => true } }),
  bad('of another person too', ['PHO-REUSED photo'], section('photo', {}), { known: { photoOfOther: (sha256, person) => sha256 === 'aa'.repeat(32) && person === '200002292399' } }),
]);

describeRule('R22', [
  good('708 x 236'),
  good('354 x 118', logo(354, 118)),
  good('not used', changed(() => ({ logo: { use: false, width: 10, height: 10 } }))),
  good('nothing to judge', unreadable),
  good('twice as long as 3:1', logo(1200, 200)),
  bad('353 x 118', ['LOG-TOO-SMALL logo'], logo(353, 118)),
  bad('354 x 117', ['LOG-TOO-SMALL logo'], logo(354, 117)),
  bad('a square', ['LOG-RATIO logo'], logo(400, 400)),
  bad('a ribbon', ['LOG-RATIO logo'], logo(1201, 200)),
]);

describeRule('R23', [
  good('used and there'),
  good('neither used nor there', changed(() => ({ logo: { use: false } }))),
  bad('used and not there', ['LOG-MISSING logo.file'], spoilt(() => ({ logo: { use: true } }))),
  bad('there and not used', ['LOG-NOT-SELECTED logo.use'], changed(() => ({ logo: { use: false, assetId: 'logo.png' } }))),
]);

describeRule('R24', [
  good('colour at a site that has it'),
  good('black at a site without colour', section('logo', { colour: false }), { site: { colour: false } }),
  good('the price accepted', section('logo', { colourPriceAccepted: true })),
  bad('colour at a site without', ['LOG-COLOUR-UNAVAILABLE logo.colour'], section('logo', {}), { site: { colour: false } }),
  bad('the price not accepted', ['ORD-MISSING logo.colourPriceAccepted'], section('logo', { colourPriceAccepted: false })),
]);
