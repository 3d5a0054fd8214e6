import type { Clock } from '../drivers/contracts/clock.ts';
import type { Finding } from '../drivers/contracts/finding.ts';
import { stockholmDay } from '../queue/order/calendar.ts';
import type { ProfileSet } from '../queue/profile/profile-set.ts';
import type { KnownOrders, PrintedTexts, RuleContext } from '../queue/rules/rule-context.ts';
import { defaultRuleSettings } from '../queue/rules/rule-settings.ts';
import type { CardRenderer } from '../templates/render/card-renderer.ts';
import type { StationConfig } from './config/station-config.ts';

/** What the rules need to know of the site. */
export type RuleSite = Pick<StationConfig['site'], 'expressPickupPoints' | 'accessories' | 'returnAddress'>;

/** What the rules are judged with at this station: site, profiles, what is known, and what the fonts can draw. */
export function ruleContext(site: RuleSite, profiles: ProfileSet, renderer: CardRenderer, known: KnownOrders, clock: Clock): RuleContext {
  const now = clock.now();
  return {
    now,
    today: stockholmDay(now),
    settings: defaultRuleSettings,
    site: {
      colour: true,
      express: site.expressPickupPoints.length === 0 ? null : { pickupPoints: site.expressPickupPoints, hours: null },
      accessories: Object.fromEntries(site.accessories.map((sku) => [sku, null])),
      photoReviewRequired: true,
    },
    profiles,
    known,
    layout: (templateId, texts) => layoutFindings(renderer, site.returnAddress, templateId, texts),
  };
}

/** Asks the template about an order's texts, with stand-ins of full length for what the station adds. */
function layoutFindings(renderer: CardRenderer, returnAddress: readonly string[], templateId: string, texts: PrintedTexts): readonly Finding[] {
  const cardNumber = 'BB-0000-000000';
  return renderer.check({
    templateId,
    texts: { ...texts, cardNumber, validTo: '2000-12-31', returnAddress: returnAddress.join('\n') },
    photo: new Uint8Array(),
    logo: null,
    codes: { cardNumber },
  });
}
