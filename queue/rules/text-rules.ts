import type { Finding } from '../../drivers/contracts/finding.ts';
import { printedOrganisationNumber } from '../order/derived-values.ts';
import type { OrderUnderCheck } from '../order/order-schema.ts';
import { cardProfileOf } from '../profile/profile-set.ts';
import type { PrintedTexts, RuleContext } from './rule-context.ts';
import { about, type OrderRule } from './rule.ts';

/** The order field behind a field of the template. */
const orderFields: Readonly<Record<keyof PrintedTexts, string>> = {
  firstName: 'holder.firstName',
  lastName: 'holder.lastName',
  companyName: 'company.registeredName',
  organisationNumber: 'company.organisationNumber',
};

/** R03 and R04: what is printed can be printed, and fits. Presence and trimming are the schema's. */
export const textRules: readonly OrderRule[] = [
  {
    id: 'R03',
    source: 'own check',
    codes: ['ORD-MISSING', 'ORD-CHARACTERS'],
    check: (order, context) => [
      ...Object.entries(printedTexts(order)).flatMap(([name, text]) => (isPlainText(text) ? [] : [about('ORD-CHARACTERS', orderField(name), 'control or formatting character')])),
      ...layoutFindings(order, context).filter(({ code }) => code !== 'ORD-TEXT-TOO-LONG'),
    ],
  },
  {
    id: 'R04',
    source: 'own check',
    codes: ['ORD-TEXT-TOO-LONG'],
    check: (order, context) => layoutFindings(order, context).filter(({ code }) => code === 'ORD-TEXT-TOO-LONG'),
  },
];

/** The texts of an order that are printed, by the template's field names. */
export function printedTexts(order: OrderUnderCheck): PrintedTexts {
  return {
    firstName: order.holder.firstName,
    lastName: order.holder.lastName,
    companyName: order.company.registeredName,
    organisationNumber: printedOrganisationNumber(order),
  };
}

function layoutFindings(order: OrderUnderCheck, context: RuleContext): readonly Finding[] {
  const profile = cardProfileOf(order.card, context.profiles);
  if (profile === null || !Object.values(printedTexts(order)).every(isPlainText)) return [];
  return context.layout(profile.templateId, printedTexts(order)).map((finding) => {
    const field = orderField(finding.field ?? '');
    return { ...finding, field, detail: { ...finding.detail, field } };
  });
}

function orderField(templateField: string): string {
  return Object.entries(orderFields).find(([name]) => name === templateField)?.[1] ?? templateField;
}

/** Neither control, format, private-use nor unassigned characters, nor a line break: none of them belongs in a name. */
function isPlainText(text: string): boolean {
  return !/[\p{C}\p{Zl}\p{Zp}]/u.test(text);
}
