import { z } from 'zod';
import type { Order } from '../order/order-schema.ts';
import { nameSchema } from './profile-parts.ts';

/** anyPolicy says nothing of how a person was identified (RFC 5280, 4.2.1.4). */
const anyPolicy = '2.5.29.32.0';

/** A certificate policy's object identifier, in dotted decimals. */
export const policySchema = z.string().regex(/^(0|1|2)(\.(0|[1-9]\d{0,9})){2,20}$/).max(120).refine((oid) => oid !== anyPolicy, { error: 'anyPolicy is no level' });

/** What the holder was identified by, as the order says it; NONE where it does not. */
const byIdentification = z.strictObject({ BANKID: nameSchema, EID: nameSchema, PASSPORT: nameSchema, NATIONAL_ID: nameSchema, NONE: nameSchema });

/** Levels of assurance by name, the policy that a certificate of each carries, and which level a way of identification gives. */
export const assuranceSchema = z
  .strictObject({ levels: z.record(nameSchema, policySchema), byIdentification })
  .refine(({ levels, byIdentification: ways }) => Object.values(ways).every((level) => Object.hasOwn(levels, level)), { path: ['byIdentification'], error: 'a level that is not among the levels' });

export type Assurance = z.infer<typeof assuranceSchema>;

/** What stands for the policy of the holder's level among the policies of a slot. */
export const holdersLevel = 'assurance';

/** The policies of one slot's certificate: object identifiers, and the holder's level. */
export const slotPoliciesSchema = z.array(z.union([z.literal(holdersLevel), policySchema])).max(8).default([]);

/** The policies (object identifiers) that a certificate of this order shall carry, in the profile's order. */
export function policiesOf(policies: readonly string[], assurance: Assurance | null, order: Order): readonly string[] {
  const level = assurance?.byIdentification[order.holder.identification?.method ?? 'NONE'] ?? '';
  return policies.flatMap((policy) => (policy === holdersLevel ? [assurance?.levels[level] ?? []].flat() : [policy]));
}
