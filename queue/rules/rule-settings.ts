import { z } from 'zod';

/**
 * The figures that rules are read with: dated configuration data, checked at the door of the configuration and handed
 * in. Rows of a table are dated; the newest row that began on or before the day of the order holds, so that an order
 * is judged alike on every later day.
 */
const day = z.iso.date();
const countries = z.array(z.string().regex(/^[A-Z]{2}$/));
const identityType = z.enum(['PERSONNUMMER', 'SAMORDNINGSNUMMER', 'FOREIGN']);

/** Groups of nationality: `SE`, `EU` (EU, EEA and Switzerland), `OTHER`. */
export const nationalityGroup = z.enum(['SE', 'EU', 'OTHER']);
export type NationalityGroup = z.infer<typeof nationalityGroup>;

const validityCap = z.strictObject({ from: day, group: nationalityGroup, identity: identityType, months: z.int().min(1).max(60) });
const identificationRow = z.strictObject({ from: day, methods: z.array(z.enum(['BANKID', 'EID', 'PASSPORT', 'NATIONAL_ID'])).min(1) });
const documentRow = z.strictObject({ from: day, group: nationalityGroup, identity: identityType, oneOf: z.array(z.string()).min(1) });

export const ruleSettingsSchema = z.strictObject({
  validityCaps: z.array(validityCap),
  identification: z.array(identificationRow),
  documents: z.array(documentRow),
  /** Last day on which a card of generation 1.0 could be ordered. */
  generation1LastDay: day,
  ageYears: z.strictObject({ min: z.int(), max: z.int() }),
  photoMaxAgeMonths: z.int().min(1),
  ordererRoles: z.array(z.string()),
  /** Allowed company forms and the group digits that their numbers may have; an empty list means the owner's personal number. */
  companyForms: z.record(z.string(), z.array(z.int().min(1).max(9))),
  euCountries: countries,
  /** Shape of national numbers by country, a regular expression over the number without spaces. */
  identityFormats: z.record(z.string(), z.string()),
});

export type RuleSettings = z.infer<typeof ruleSettingsSchema>;

const cap = (from: string, group: NationalityGroup, identity: z.infer<typeof identityType>, months: number) => ({ from, group, identity, months });

/** The figures found for ID06 (domain facts 1.3, 1.9, 1.13); a site may set others. */
export const defaultRuleSettings: RuleSettings = {
  validityCaps: [
    ...(['SE', 'EU', 'OTHER'] as const).flatMap((group) => [cap('2018-10-01', group, 'PERSONNUMMER', 60), cap('2018-10-01', group, 'SAMORDNINGSNUMMER', 60), cap('2018-10-01', group, 'FOREIGN', 6)]),
    cap('2026-01-28', 'OTHER', 'FOREIGN', 3),
  ],
  identification: [
    { from: '2018-10-01', methods: ['BANKID', 'EID', 'PASSPORT', 'NATIONAL_ID'] },
    { from: '2026-01-28', methods: ['PASSPORT', 'NATIONAL_ID'] },
  ],
  documents: [
    { from: '2018-10-01', group: 'EU', identity: 'FOREIGN', oneOf: ['A1'] },
    { from: '2018-10-01', group: 'OTHER', identity: 'FOREIGN', oneOf: ['WORK_PERMIT', 'RESIDENCE_PERMIT', 'LMA'] },
    { from: '2018-10-01', group: 'OTHER', identity: 'SAMORDNINGSNUMMER', oneOf: ['WORK_PERMIT', 'RESIDENCE_PERMIT', 'LMA'] },
  ],
  generation1LastDay: '2019-06-20',
  ageYears: { min: 13, max: 100 },
  photoMaxAgeMonths: 6,
  ordererRoles: ['SIGNATORY', 'ADMINISTRATOR', 'USER'],
  companyForms: { AB: [5], HB: [9], KB: [9], EKONOMISK_FORENING: [7], ENSKILD_FIRMA: [] },
  euCountries: [
    'AT', 'BE', 'BG', 'CH', 'CY', 'CZ', 'DE', 'DK', 'EE', 'ES', 'FI', 'FR', 'GR', 'HR', 'HU', 'IE', 'IS', 'IT', 'LI', 'LT', 'LU', 'LV', 'MT', 'NL', 'NO', 'PL', 'PT', 'RO', 'SI', 'SK',
  ],
  identityFormats: {
    DK: '^\\d{6}-?\\d{4}$',
    EE: '^\\d{11}$',
    FI: '^\\d{6}[-+A-FU-Y]\\d{3}[0-9A-Y]$',
    LT: '^\\d{11}$',
    LV: '^\\d{6}-?\\d{5}$',
    NO: '^\\d{11}$',
    PL: '^\\d{11}$',
  },
};
