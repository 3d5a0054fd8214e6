import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../../drivers/contracts/finding.ts';
import type { PrintedTexts } from '../../../../queue/rules/rule-context.ts';
import { printedTexts } from '../../../../queue/rules/text-rules.ts';
import { exampleOrder } from '../../../support/orders/example-order.ts';
import { describeRule } from '../../../support/orders/describe-rule.ts';
import { bad, good, section } from '../../../support/orders/rule-cases.ts';

/** A layout whose font lacks Cyrillic and whose boxes take forty letters. */
function layout(templateId: string, texts: PrintedTexts): readonly Finding[] {
  if (templateId !== 'id06') throw new Error(`asked for ${templateId}`);
  return Object.entries(texts).flatMap(([field, text]): readonly Finding[] => [
    ...(text === '' ? [{ code: 'ORD-MISSING' as const, field }] : []),
    ...(/\p{Script=Cyrillic}/u.test(text) ? [{ code: 'ORD-CHARACTERS' as const, field }] : []),
    ...(text.length > 40 ? [{ code: 'ORD-TEXT-TOO-LONG' as const, field, detail: { note: 'too wide' } }] : []),
  ]);
}

describeRule('R03', [
  good('letters of the font', exampleOrder(), { layout }),
  good('a text too long is said by R04', section('company', { registeredName: 'A'.repeat(41) }), { layout }),
  bad('letters that the font lacks', ['ORD-CHARACTERS holder.firstName'], section('holder', { firstName: 'Андрій' }), { layout }),
  bad('a zero byte', ['ORD-CHARACTERS holder.lastName'], section('holder', { lastName: 'Ek\u0000' }), { layout }),
  bad('a turned direction of writing', ['ORD-CHARACTERS company.registeredName'], section('company', { registeredName: 'Bygg\u202eBA' }), { layout }),
  bad('a line break', ['ORD-CHARACTERS holder.lastName'], section('holder', { lastName: 'Ek\nLund' }), { layout }),
  bad('an empty text', ['ORD-MISSING holder.lastName'], section('holder', { lastName: '' }), { layout }),
]);

describeRule('R04', [
  good('short', exampleOrder(), { layout }),
  good('no profile, no layout to ask', section('card', { technologyProfile: 'PIVC' }), { layout, profiles: { cards: [], sectors: [] } }),
  bad('all too long at once', ['ORD-TEXT-TOO-LONG holder.lastName', 'ORD-TEXT-TOO-LONG company.registeredName'],
    { ...section('holder', { lastName: 'A'.repeat(41) }), company: { ...exampleOrder().company, registeredName: 'B'.repeat(41) } }, { layout }),
]);

describe('the printed texts', () => {
  it('hold no personal number of the holder', () => {
    expect(printedTexts(exampleOrder())).toEqual({ firstName: 'Åke', lastName: 'Sjöström', companyName: 'Exempelbygg AB', organisationNumber: '556016-0680' });
  });
});
