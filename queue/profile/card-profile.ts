import { z } from 'zod';
import { assuranceSchema, holdersLevel, slotPoliciesSchema } from './assurance.ts';
import { magneticSchema } from './magnetic-stripe.ts';
import { keyReferenceSchema, nameSchema, releaseSchema } from './profile-parts.ts';
import { secureChannelSchema } from './secure-channel.ts';

/** Where the tag `order # attempt` is written first: a sector of the MIFARE chip, or a data object of the PIV applet. */
const tagSchema = z.discriminatedUnion('place', [
  z.strictObject({ place: z.literal('MIFARE'), sector: z.int().min(1).max(39) }),
  z.strictObject({ place: z.literal('PIV'), container: z.string().regex(/^5FFF[0-9A-F]{2}$/) }),
]);

const mifareSchema = z.strictObject({
  /** 2k is a MIFARE Plus in security level 1; a Plus with 4 KB works as 4k. */
  chip: z.enum(['mini', '1k', '2k', '4k']),
  /** Sector of the card publisher in the directory, 0 for none. */
  publisherSector: z.int().min(0).max(39),
  /** Master key of the directory's key B, the tag's sector and all sectors that no company uses. */
  lock: keyReferenceSchema,
});

const slotSchema = z.strictObject({
  slot: z.enum(['9A', '9C', '9D', '9E']),
  algorithm: z.enum(['P-256', 'P-384', 'RSA-2048', 'RSA-3072']),
  /** Name of the certificate authority's profile. */
  certificateProfile: nameSchema,
  /** Policies of the certificate; an issued one that lacks one, or carries another, is not written. Empty: the authority decides. */
  policies: slotPoliciesSchema,
});

const pivSchema = z.strictObject({
  managementKey: z.strictObject({ key: keyReferenceSchema, algorithm: z.enum(['3DES', 'AES-128', 'AES-192', 'AES-256']) }),
  /** The secure channel that its blanks are personalised through; null for blanks that take orders in clear. */
  secureChannel: secureChannelSchema.nullable().default(null),
  slots: z.array(slotSchema).min(1).max(4),
  /** The levels of assurance that certificates tell; null where none does. */
  assurance: assuranceSchema.nullable().default(null),
  pinDigits: z.int().min(6).max(8),
  /** Wrong tries that PIN and PUK bear; null leaves the card's own. Needs a card with the command for it. */
  tries: z.strictObject({ pin: z.int().min(3).max(15), puk: z.int().min(3).max(15) }).nullable().default(null),
  /** Whether the printed-information object is written. */
  printedInformation: z.boolean(),
  /** Whether the portrait stands in the chip, behind the PIN; needs a content signer at the station. */
  facialImage: z.boolean().default(false),
  /** Whether an empty key history is written. */
  keyHistory: z.boolean().default(false),
});

/** What a card type shows and carries. A version never changes once it is approved: a change is a new version. */
export const cardProfileSchema = z
  .strictObject({
    kind: z.literal('card'),
    id: nameSchema,
    version: z.int().min(1),
    release: releaseSchema,
    technology: z.enum(['PIVC_MIFARE', 'PIVC']),
    templateId: nameSchema,
    /** Whether a colour photo is printed in grey. */
    greyPhoto: z.boolean(),
    tag: tagSchema,
    /** Whether the tag stays on the finished card. */
    keepTag: z.boolean(),
    mifare: mifareSchema.nullable(),
    piv: pivSchema,
    /** Tracks of the magnetic stripe, written after the chips; absent where the card has none. */
    magnetic: magneticSchema.optional(),
    /** The order of the chips; printing follows them. */
    stepOrder: z.array(z.enum(['mifare', 'piv'])).min(1).max(2),
  })
  .refine((profile) => (profile.technology === 'PIVC_MIFARE') === (profile.mifare !== null), { path: ['mifare'], error: 'MIFARE belongs to the technology PIVC_MIFARE and to no other' })
  .refine((profile) => (profile.tag.place === 'MIFARE') === (profile.mifare !== null), { path: ['tag'], error: 'the tag stands in the MIFARE chip of a card that has one, else in the PIV applet' })
  .refine((profile) => sameMembers(profile.stepOrder, profile.mifare === null ? ['piv'] : ['mifare', 'piv']), { path: ['stepOrder'], error: 'every chip of the card exactly once' })
  .refine((profile) => new Set(profile.piv.slots.map(({ slot }) => slot)).size === profile.piv.slots.length, { path: ['piv', 'slots'], error: 'a slot more than once' })
  .refine(({ piv }) => piv.assurance !== null || piv.slots.every(({ policies }) => !policies.includes(holdersLevel)), { path: ['piv', 'assurance'], error: "a slot carries the holder's level, and no level is named" });

export type CardProfile = z.infer<typeof cardProfileSchema>;
export type Technology = CardProfile['technology'];

function sameMembers(found: readonly string[], wanted: readonly string[]): boolean {
  return found.length === wanted.length && wanted.every((member) => found.includes(member));
}

/** `id06-piv version 1`: how a profile is named in journal and reports. */
export function profileName(profile: { readonly id: string; readonly version: number }): string {
  return `${profile.id} version ${profile.version}`;
}
