import { z } from 'zod';

/** Name of a profile, a template or a key label. */
export const nameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);

/** A key of the token by label and version (drivers/contracts/keys.ts); the key itself never stands in a profile. */
export const keyReferenceSchema = z.strictObject({ label: nameSchema, version: z.int().min(1).max(255) });

const person = z.string().min(1).max(80);
const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** The card that a profile was issued on before anyone approved it. */
const testCardSchema = z.strictObject({
  /** A blank made of software, or one that the bench fed. */
  on: z.enum(['simulated blank', 'bench']),
  uid: z.string().regex(/^([0-9A-F]{2}){4,10}$/),
  /** Digest of the profile as it was then. */
  profile: digest,
  /** Digest over both chips as read back. */
  chips: digest,
  /** The card profile that a company's sectors were issued with. */
  with: z.string().min(1).max(80).optional(),
  at: z.iso.datetime({ offset: true }),
});

export type TestCard = z.infer<typeof testCardSchema>;

/**
 * Who wrote and who released a version for production; an order may use approved versions only. An approval names the
 * digest of what was approved (`profileDigest`) and is signed, so that neither can be changed afterwards.
 */
export const releaseSchema = z.strictObject({
  approved: z.boolean(),
  author: person.optional(),
  testCard: testCardSchema.optional(),
  by: person.optional(),
  at: z.iso.datetime({ offset: true }).optional(),
  digest: digest.optional(),
  /** The approver's signature over the approval (`approvalMessage`), base64. */
  signature: z.base64().max(200).optional(),
});

export type Release = z.infer<typeof releaseSchema>;
