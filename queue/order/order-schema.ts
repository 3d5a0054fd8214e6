import { z } from 'zod';
import {
  accessorySchema, approvalsSchema, cardSchema, companySchema, deliverySchema, holderSchema, idSchema, instantSchema, letterSchema,
  logoSchema, logoSourceSchema, ordererSchema, orderIdSchema, photoSchema, photoSourceSchema, reorderSchema, tradeSchema,
} from './order-parts.ts';

/** What a file order and an accepted order have in common. */
const common = {
  schemaVersion: z.literal(1).default(1),
  messageId: z.uuid().optional(),
  orderId: orderIdSchema,
  shipmentId: idSchema.optional(),
  orderedAt: instantSchema,
  receivedAt: instantSchema.optional(),
  withdrawnAt: instantSchema.optional(),
  orderer: ordererSchema,
  company: companySchema,
  holder: holderSchema,
  card: cardSchema,
  trade: tradeSchema.optional(),
  approvals: approvalsSchema,
  delivery: deliverySchema,
  accessories: z.array(accessorySchema).max(20).default([]),
  letter: letterSchema.default({ template: 'activation', language: 'sv' }),
  reorder: reorderSchema.optional(),
  report: z.strictObject({ fields: z.array(z.string().max(80)).max(50) }).optional(),
};

/** An order as a file or message says it: pictures by path or as base64. */
export const orderFileSchema = z.strictObject({ ...common, photo: photoSourceSchema, logo: logoSourceSchema.default({ use: false }) });

/** An order as the station keeps it: pictures by digest, with measured facts. */
export const orderSchema = z.strictObject({ ...common, photo: photoSchema, logo: logoSchema });

export type OrderFile = z.infer<typeof orderFileSchema>;

/**
 * One person's card at one company. `holder.identity.value` and the organisation number are in their stored form
 * (12 digits for a Swedish person, 10 for a Swedish company) once `normaliseOrder` has seen them.
 */
export type Order = z.infer<typeof orderSchema>;

/** An order whose pictures may have failed to read: `photo` or `logo` is null then, and the rules judge the rest. */
export type OrderUnderCheck = Omit<Order, 'photo' | 'logo'> & { readonly photo: Order['photo'] | null; readonly logo: Order['logo'] | null };

export type PhotoFacts = Order['photo'];
export type LogoFacts = Order['logo'];
export type Approval = NonNullable<Order['approvals']['holder']>;

/** Reads an order that the station itself wrote (from its store). Throws a ZodError when it was damaged. */
export function readStoredOrder(value: unknown): Order {
  return orderSchema.parse(value);
}
