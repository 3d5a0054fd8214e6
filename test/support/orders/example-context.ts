import type { KnownOrders, RuleContext, SiteAbilities } from '../../../queue/rules/rule-context.ts';
import { nothingKnown } from '../../../queue/rules/rule-context.ts';
import { defaultRuleSettings } from '../../../queue/rules/rule-settings.ts';
import { stockholmDay } from '../../../queue/order/calendar.ts';
import { exampleProfiles } from './example-profiles.ts';

/** Sunday 2026-11-22, 10:00 in Stockholm. */
export const exampleNow = Date.parse('2026-11-22T09:00:00Z');

/** A site that offers everything, a station that knows nothing, a layout that takes every text. */
export function exampleContext(changes: Partial<Omit<RuleContext, 'site' | 'known' | 'today'>> & { readonly site?: Partial<SiteAbilities>; readonly known?: Partial<KnownOrders> } = {}): RuleContext {
  const { site, known, now = exampleNow, ...rest } = changes;
  return {
    now,
    today: stockholmDay(now),
    settings: defaultRuleSettings,
    site: { colour: true, express: { pickupPoints: ['STOCKHOLM'], hours: null }, accessories: { EM_FOB: null, EM_HOLDER: 2 }, photoReviewRequired: true, ...site },
    profiles: exampleProfiles(),
    known: { ...nothingKnown, ...known },
    layout: () => [],
    ...rest,
  };
}
