import { swedishOrganisationNumber } from '../order/derived-values.ts';
import { isCountry } from './countries.ts';
import { when, type OrderRule } from './rule.ts';

/** R05 to R08, R11 to R13: the company and who orders for it. */
export const companyRules: readonly OrderRule[] = [
  {
    id: 'R05',
    source: 'own check',
    codes: ['COM-ORGNR-INVALID'],
    check: (order) => when(order.company.country === 'SE' && swedishOrganisationNumber(order) === null, 'COM-ORGNR-INVALID', 'company.organisationNumber'),
  },
  {
    id: 'R06',
    source: 'own check',
    codes: ['ORD-MISSING', 'COM-FORM-NOT-ALLOWED'],
    check: ({ company }, { settings }) => {
      if (company.country !== 'SE') return [];
      if (company.form === undefined) return when(true, 'ORD-MISSING', 'company.form');
      return when(!Object.hasOwn(settings.companyForms, company.form), 'COM-FORM-NOT-ALLOWED', 'company.form');
    },
  },
  {
    id: 'R07',
    source: 'own check',
    codes: ['COM-FORM-MISMATCH'],
    check: (order, { settings }) => {
      const number = swedishOrganisationNumber(order);
      const groups = settings.companyForms[order.company.form ?? ''];
      if (number === null || groups === undefined) return [];
      const fits = number.kind === 'owner' ? groups.length === 0 : groups.includes(number.group);
      return when(!fits, 'COM-FORM-MISMATCH', 'company.form');
    },
  },
  {
    id: 'R08',
    source: 'upstream says',
    codes: ['COM-NOT-REGISTERED'],
    check: ({ company }) => when(company.form === 'ENSKILD_FIRMA' && !company.registeredAtBolagsverket, 'COM-NOT-REGISTERED', 'company.registeredAtBolagsverket'),
  },
  {
    id: 'R11',
    source: 'upstream says',
    codes: ['COM-ACCOUNT-INACTIVE'],
    check: ({ company }) => when(company.id06Status !== 'ACTIVE', 'COM-ACCOUNT-INACTIVE', 'company.id06Status'),
  },
  {
    id: 'R12',
    source: 'own check',
    codes: ['COM-FOREIGN-NUMBER'],
    check: ({ company }) => {
      if (company.country === 'SE') return [];
      if (!isCountry(company.country)) return when(true, 'COM-FOREIGN-NUMBER', 'company.country');
      const [code, ...number] = company.organisationNumber.split(/\s+/u);
      const wellFormed = code === company.country && /^[A-Z0-9][A-Z0-9./-]{1,29}$/i.test(number.join(''));
      return when(!wellFormed, 'COM-FOREIGN-NUMBER', 'company.organisationNumber');
    },
  },
  {
    id: 'R13',
    source: 'upstream says',
    codes: ['ORD-NOT-AUTHORISED'],
    check: ({ orderer }, { settings }) => when(!settings.ordererRoles.includes(orderer.role), 'ORD-NOT-AUTHORISED', 'orderer.role'),
  },
];
