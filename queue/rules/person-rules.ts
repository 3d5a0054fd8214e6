import { yearsBetween } from '../order/calendar.ts';
import { birthDate, holderPersonNumber, orderDay } from '../order/derived-values.ts';
import type { OrderUnderCheck } from '../order/order-schema.ts';
import { compactNumber } from '../order/person-number.ts';
import type { Finding } from '../../drivers/contracts/finding.ts';
import { isCountry } from './countries.ts';
import { nationalityGroupOf, rowInForce } from './nationality.ts';
import type { RuleContext } from './rule-context.ts';
import { about, when, type OrderRule } from './rule.ts';

/** R14 to R17, R44, R45: the cardholder. */
export const personRules: readonly OrderRule[] = [
  { id: 'R14', source: 'own check', codes: ['PER-NUMBER-INVALID', 'ORD-MISSING'], check: numberFindings },
  { id: 'R15', source: 'own check', codes: ['PER-NATIONALITY-MISMATCH', 'ORD-MISSING'], check: nationalityFindings },
  {
    id: 'R16',
    source: 'upstream says',
    codes: ['PER-NAME-MISMATCH'],
    check: ({ holder }) => {
      const verified = holder.identification?.verifiedName;
      if (verified === undefined) return [];
      return when(comparable(verified) !== comparable(`${holder.firstName} ${holder.lastName}`), 'PER-NAME-MISMATCH', 'holder.identification.verifiedName');
    },
  },
  {
    id: 'R17',
    source: 'own check',
    codes: ['PER-CONTACT-MISSING'],
    check: ({ holder }) => [
      ...when(!/^[^\s@]+@[^\s@]+\.[^\s@]+$/u.test(holder.email ?? ''), 'PER-CONTACT-MISSING', 'holder.email'),
      ...when(holder.identification?.method !== 'BANKID' && !/^\+?[0-9][0-9 ()-]{5,20}$/.test(holder.mobile ?? ''), 'PER-CONTACT-MISSING', 'holder.mobile'),
    ],
  },
  {
    id: 'R44',
    source: 'upstream says',
    codes: ['PER-ID-DOCUMENT'],
    check: (order, { settings }) => {
      const method = order.holder.identification?.method;
      if (method === undefined) return when(true, 'PER-ID-DOCUMENT', 'holder.identification');
      const accepted = rowInForce(settings.identification, orderDay(order))?.methods ?? [];
      return when(!accepted.includes(method), 'PER-ID-DOCUMENT', 'holder.identification.method', `accepted for this order date: ${accepted.join(', ')}`);
    },
  },
  {
    id: 'R45',
    source: 'upstream says',
    codes: ['PER-DOCUMENT-MISSING'],
    check: (order, { settings }) => {
      const { holder } = order;
      const group = nationalityGroupOf(holder.nationality, settings);
      const wanted = rowInForce(settings.documents, orderDay(order), (row) => row.group === group && row.identity === holder.identity.type);
      const present = wanted === null || wanted.oneOf.some((document) => holder.documents?.includes(document) === true);
      return when(!present, 'PER-DOCUMENT-MISSING', 'holder.documents', `one of ${wanted?.oneOf.join(', ') ?? ''}`);
    },
  },
];

/** The number itself, its date, and the age window on the day of the order and today. */
function numberFindings(order: OrderUnderCheck, context: RuleContext): readonly Finding[] {
  const { identity } = order.holder;
  const field = 'holder.identity.value';
  if (identity.type === 'FOREIGN') {
    if (order.holder.dateOfBirth === undefined) return [about('ORD-MISSING', 'holder.dateOfBirth')];
  } else {
    const number = holderPersonNumber(order);
    if (number === null) return [about('PER-NUMBER-INVALID', field, 'format, date or check digit')];
    if (number.kind !== identity.type) return [about('PER-NUMBER-INVALID', field, `this is a ${number.kind}`)];
  }
  return ageFindings(order, context, identity.type === 'FOREIGN' ? 'holder.dateOfBirth' : field);
}

function ageFindings(order: OrderUnderCheck, { today, settings }: RuleContext, field: string): readonly Finding[] {
  const born = birthDate(order);
  if (born === null) return [];
  const { min, max } = settings.ageYears;
  const age = yearsBetween(born, today);
  return when(born > today || age < min || age > max, 'PER-NUMBER-INVALID', field, `age outside ${min} to ${max} years`);
}

function nationalityFindings(order: OrderUnderCheck, { settings }: RuleContext): readonly Finding[] {
  const { identity, nationality } = order.holder;
  if (!isCountry(nationality)) return [about('PER-NATIONALITY-MISMATCH', 'holder.nationality')];
  if (identity.type !== 'FOREIGN') return when(identity.country !== undefined && identity.country !== 'SE', 'PER-NATIONALITY-MISMATCH', 'holder.identity.country');
  if (nationality === 'SE') return [about('PER-NATIONALITY-MISMATCH', 'holder.identity.type')];
  if (identity.country === undefined) return [about('ORD-MISSING', 'holder.identity.country')];
  if (identity.country !== nationality) return [about('PER-NATIONALITY-MISMATCH', 'holder.identity.country')];
  const format = settings.identityFormats[nationality];
  const fits = format === undefined ? /^[A-Z0-9./-]{4,40}$/i.test(compactNumber(identity.value)) : new RegExp(format).test(compactNumber(identity.value));
  return when(!fits, 'PER-NATIONALITY-MISMATCH', 'holder.identity.value');
}

/** Names are equal when their letters are: case and the amount of white space do not count, order and hyphens do. */
function comparable(name: string): string {
  return name.normalize('NFC').replace(/\s+/gu, ' ').trim().toLocaleLowerCase('sv');
}
