import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { printedOrganisationNumber } from './derived-values.ts';
import type { OrderUnderCheck } from './order-schema.ts';

/** What the holder approves, and nothing else: not the card number, not a date that the station derives, not the reviewer's crop. */
export interface ApprovedContent {
  readonly schema: 'kortverk-content-1';
  readonly firstName: string;
  readonly lastName: string;
  readonly companyName: string;
  readonly companyCountry: string;
  readonly organisationNumber: string;
  readonly photo: string;
  /** Null when the card shows no logo. */
  readonly logo: string | null;
  readonly validity: { readonly validTo: string | null; readonly months: number | null };
  readonly delivery: OrderUnderCheck['delivery'];
}

/** The approved content of an order. Null when a picture could not be read: there is nothing to approve then. */
export function approvedContent(order: OrderUnderCheck): ApprovedContent | null {
  const logo = order.logo?.use === true ? (order.logo.sha256 ?? null) : null;
  if (order.photo === null || order.logo === null || (order.logo.use && logo === null)) return null;
  return {
    schema: 'kortverk-content-1',
    firstName: order.holder.firstName,
    lastName: order.holder.lastName,
    companyName: order.company.registeredName,
    companyCountry: order.company.country,
    organisationNumber: printedOrganisationNumber(order),
    photo: order.photo.sha256,
    logo,
    validity: { validTo: order.card.validTo ?? null, months: order.card.validityMonths ?? null },
    delivery: order.delivery,
  };
}

/** SHA-256 (hex) over the canonical JSON (RFC 8785) of the approved content; null when a picture is missing. */
export function contentHash(order: OrderUnderCheck): string | null {
  const content = approvedContent(order);
  if (content === null) return null;
  return createHash('sha256').update(canonicalize(content) ?? '', 'utf8').digest('hex');
}
