import type { Day } from '../order/calendar.ts';
import type { OrderUnderCheck } from '../order/order-schema.ts';
import type { NationalityGroup, RuleSettings } from './rule-settings.ts';

/** `SE`, `EU` (with EEA and Switzerland) or `OTHER`. */
export function nationalityGroupOf(nationality: string, settings: RuleSettings): NationalityGroup {
  if (nationality === 'SE') return 'SE';
  return settings.euCountries.includes(nationality) ? 'EU' : 'OTHER';
}

/** The newest row of a dated table that began on or before a day and fits; null when none does. */
export function rowInForce<T extends { readonly from: Day }>(rows: readonly T[], day: Day, fits: (row: T) => boolean = () => true): T | null {
  const inForce = rows.filter((row) => row.from <= day && fits(row));
  return inForce.toSorted((one, other) => (one.from < other.from ? 1 : -1))[0] ?? null;
}

/** Months a card of this holder may be valid, ordered on that day; null when the table has no row for it. */
export function validityCapMonths(order: Pick<OrderUnderCheck, 'holder'>, day: Day, settings: RuleSettings): number | null {
  const group = nationalityGroupOf(order.holder.nationality, settings);
  const { type } = order.holder.identity;
  return rowInForce(settings.validityCaps, day, (row) => row.group === group && row.identity === type)?.months ?? null;
}
