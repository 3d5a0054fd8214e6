import { addMonths, instantOf, stockholmDay, type Day } from './calendar.ts';
import type { Order, OrderUnderCheck } from './order-schema.ts';
import { parseOrganisationNumber, printedNumber, storedNumber, type OrganisationNumber } from './organisation-number.ts';
import { compactNumber, parsePersonNumber, type PersonNumber } from './person-number.ts';

/** Months that no card may exceed. */
export const MAX_VALIDITY_MONTHS = 60;

/** The day of the order in Stockholm: what ten-digit numbers and dated rules are read by, so that they never change meaning later. */
export function orderDay(order: Pick<Order, 'orderedAt'>): Day {
  return stockholmDay(instantOf(order.orderedAt));
}

/** The company's Swedish organisation number, or null when it is not Swedish or not valid. */
export function swedishOrganisationNumber(order: Pick<Order, 'company' | 'orderedAt'>): OrganisationNumber | null {
  return order.company.country === 'SE' ? parseOrganisationNumber(order.company.organisationNumber, orderDay(order)) : null;
}

/** The holder's Swedish number, or null when it is foreign or not valid. */
export function holderPersonNumber(order: Pick<Order, 'holder' | 'orderedAt'>): PersonNumber | null {
  return order.holder.identity.type === 'FOREIGN' ? null : parsePersonNumber(order.holder.identity.value, orderDay(order));
}

/** The number as the card shows it: `NNNNNN-NNNN`, or country, space and number for a foreign company. As given when it is not valid. */
export function printedOrganisationNumber(order: Pick<Order, 'company' | 'orderedAt'>): string {
  const { country, organisationNumber } = order.company;
  if (country !== 'SE') return `${country} ${foreignNumber(order.company)}`;
  const number = swedishOrganisationNumber(order);
  return number === null ? organisationNumber : printedNumber(number, orderDay(order));
}

/** Whether the printed organisation number is somebody's personal number. */
export function personnummerVisible(order: Pick<Order, 'company'>): boolean {
  return order.company.form === 'ENSKILD_FIRMA';
}

/** Who the company is, for matching: 10 digits (12 for an enskild firma), or country and number. */
export function companyKey(order: Pick<Order, 'company' | 'orderedAt'>): string {
  const number = swedishOrganisationNumber(order);
  return number === null ? `${order.company.country}${alphanumerics(foreignNumber(order.company))}` : storedNumber(number);
}

/** Who the holder is, for matching: 12 digits, or country and number. */
export function identityKey(order: Pick<Order, 'holder' | 'orderedAt'>): string {
  const { identity, nationality } = order.holder;
  return holderPersonNumber(order)?.digits ?? `${identity.country ?? nationality}${alphanumerics(identity.value)}`;
}

/** One person at one company, written always the same way. */
export function duplicateKey(order: Pick<Order, 'company' | 'holder' | 'orderedAt'>): string {
  return `${companyKey(order)}/${identityKey(order)}`;
}

/** The holder's birth date, or null when it is not known. */
export function birthDate(order: Pick<Order, 'holder' | 'orderedAt'>): Day | null {
  return holderPersonNumber(order)?.birthDate ?? order.holder.dateOfBirth ?? null;
}

/**
 * The last day of validity of a card produced on `productionDay`: the day asked for, or so many months on, or the most
 * that is allowed (`capMonths`, never above five years). A request above the cap is a rule's finding, not cut here.
 */
export function validTo(order: Pick<Order, 'card'>, productionDay: Day, capMonths: number): Day {
  const { card } = order;
  return card.validTo ?? addMonths(productionDay, card.validityMonths ?? Math.min(capMonths, MAX_VALIDITY_MONTHS));
}

/**
 * The order with its numbers in their stored form: 12 digits for a Swedish person or owner, 10 for a Swedish company.
 * Numbers that are not valid stay as given, for the rules to name.
 */
export function normaliseOrder<T extends OrderUnderCheck>(order: T): T {
  const organisation = swedishOrganisationNumber(order);
  const person = holderPersonNumber(order);
  const company = { ...order.company, organisationNumber: organisation === null ? order.company.organisationNumber : storedNumber(organisation) };
  const identity = { ...order.holder.identity, value: person === null ? order.holder.identity.value : person.digits };
  return { ...order, company, holder: { ...order.holder, identity } };
}

/** The number of a foreign company without its country code. */
function foreignNumber(company: Order['company']): string {
  const given = company.organisationNumber.replace(/\s+/gu, ' ').trim();
  return given.startsWith(`${company.country} `) ? given.slice(company.country.length + 1) : given;
}

function alphanumerics(text: string): string {
  return compactNumber(text).toUpperCase().replace(/[^A-Z0-9]/g, '');
}
