import { z } from 'zod';

/** Name of a profile, a template or a key label. */
export const nameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);

/** A key of the token by label and version (drivers/contracts/keys.ts); the key itself never stands in a profile. */
export const keyReferenceSchema = z.strictObject({ label: nameSchema, version: z.int().min(1).max(255) });

/** Who released a version for production; an order may use approved versions only. */
export const releaseSchema = z.strictObject({
  approved: z.boolean(),
  by: z.string().min(1).max(80).optional(),
  at: z.iso.datetime({ offset: true }).optional(),
});
