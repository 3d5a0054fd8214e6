import type { OrderUnderCheck } from '../order/order-schema.ts';
import { approvalRules } from './approval-rules.ts';
import { companyRules } from './company-rules.ts';
import { deliveryRules } from './delivery-rules.ts';
import { personRules } from './person-rules.ts';
import { pictureRules } from './picture-rules.ts';
import { profileRules } from './profile-rules.ts';
import { reorderRules } from './reorder-rules.ts';
import type { RuleContext } from './rule-context.ts';
import type { OrderRule, RuleFinding } from './rule.ts';
import { textRules } from './text-rules.ts';
import { validityRules } from './validity-rules.ts';

/** Every rule that order data and what the station knows can decide, by number. */
export const orderRules: readonly OrderRule[] = [
  ...companyRules, ...personRules, ...textRules, ...validityRules, ...pictureRules, ...approvalRules, ...reorderRules, ...deliveryRules, ...profileRules,
].toSorted((one, other) => one.id.localeCompare(other.id, 'en'));

/** All findings of all rules at once, never only the first. */
export function runRules(order: OrderUnderCheck, context: RuleContext): readonly RuleFinding[] {
  return orderRules.flatMap(({ id, source, check }) => check(order, context).map((finding) => ({ ...finding, rule: id, source })));
}
