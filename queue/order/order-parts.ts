import { z } from 'zod';

/**
 * The parts of an order (fields of the order model, domain facts 4.1). Every object is strict: an unknown field is
 * refused by its name. Text is trimmed and brought to NFC here, once, so that hashing, matching and printing agree.
 * Values that a rule judges with a code of its own (company form, role, sku) stay plain text here.
 */
const text = (maxChars: number) => z.string().trim().normalize('NFC').min(1).max(maxChars);
/** Identifier that is also safe as a file name. */
export const idSchema = z.string().trim().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
/** An order id is written to the chip's tag, which holds 24 characters. */
export const orderIdSchema = z.string().trim().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,23}$/);
const keyword = z.string().trim().regex(/^[A-Z0-9][A-Z0-9_.-]{0,39}$/);
/** ISO 3166-1 alpha-2; whether the country exists is a rule's business. */
const country = z.string().trim().regex(/^[A-Z]{2}$/);
/** Instant with offset, as written `2026-09-14T08:30:00Z`. */
export const instantSchema = z.iso.datetime({ offset: true });
/** Calendar day `YYYY-MM-DD`. */
export const daySchema = z.iso.date();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const pixels = z.int().min(1).max(1_000_000);

export const ordererSchema = z.strictObject({
  accountId: idSchema,
  /** SIGNATORY, ADMINISTRATOR or USER; others are refused by rule R13. */
  role: keyword,
});

export const companySchema = z.strictObject({
  country,
  organisationNumber: text(40),
  /** AB, HB, KB, EKONOMISK_FORENING or ENSKILD_FIRMA; required for a Swedish company (rule R06). */
  form: keyword.optional(),
  registeredName: text(200),
  registeredAtBolagsverket: z.boolean(),
  id06Status: z.enum(['ACTIVE', 'PENDING', 'CLOSED']),
  sectorProfileId: idSchema.optional(),
  sectorProfileVersion: z.int().min(1).optional(),
  costCentre: text(80).optional(),
});

export const identitySchema = z.strictObject({
  type: z.enum(['PERSONNUMMER', 'SAMORDNINGSNUMMER', 'FOREIGN']),
  value: text(40),
  /** The country that gave the number; required for FOREIGN. */
  country: country.optional(),
});

export const holderSchema = z.strictObject({
  firstName: text(200),
  lastName: text(200),
  identity: identitySchema,
  dateOfBirth: daySchema.optional(),
  nationality: country,
  email: text(254).optional(),
  mobile: text(40).optional(),
  identification: z
    .strictObject({
      method: z.enum(['BANKID', 'EID', 'PASSPORT', 'NATIONAL_ID']),
      verifiedName: text(400).optional(),
      verifiedAt: instantSchema,
    })
    .optional(),
  /** Supporting documents that upstream has seen: A1, WORK_PERMIT, RESIDENCE_PERMIT, LMA. */
  documents: z.array(keyword).max(20).optional(),
});

export const cardSchema = z.strictObject({
  generation: z.enum(['1.0', '2.0']),
  type: keyword.default('STANDARD'),
  technologyProfile: z.enum(['PIVC_MIFARE', 'PIVC']),
  /** A certain card profile; without it the newest approved one of the technology is taken. */
  profileId: idSchema.optional(),
  profileVersion: z.int().min(1).optional(),
  validTo: daySchema.optional(),
  validityMonths: z.int().min(1).max(1200).optional(),
  number: z.string().trim().regex(/^[A-Z]{2}-\d{4}-\d{6}$/).optional(),
  /** Techniques asked for beside the profile; EM is refused by rule R19. */
  extraTechnologies: z.array(keyword).max(10).optional(),
});

/** Part of the photo to use, in pixels of the upright picture. */
const crop = z.strictObject({ x: z.int().min(0), y: z.int().min(0), w: z.int().min(1), h: z.int().min(1) });

/** The photo reviewer's recorded decision: part of the issuer's approval. */
const photoReview = z.strictObject({
  decision: z.enum(['approved', 'refused']),
  by: text(80),
  at: instantSchema,
});

/** What is said of a photo beside its pixels. */
const photoStatements = { takenAt: daySchema.optional(), crop: crop.optional(), review: photoReview.optional() };

/** Measured by the station when the picture is read. `width` and `height` are those of the upright picture. */
const pictureFacts = { assetId: text(300), sha256, mime: z.enum(['image/jpeg', 'image/png']), width: pixels, height: pixels };

/** As a file says it: a path beside the order file, or the bytes in base64. Stated facts are measured again. */
const pictureSource = {
  file: text(1000).optional(),
  data: z.base64().max(45_000_000).optional(),
  assetId: text(300).optional(),
  sha256: sha256.optional(),
  mime: z.string().max(80).optional(),
  width: pixels.optional(),
  height: pixels.optional(),
};

export const photoSchema = z.strictObject({ ...pictureFacts, ...photoStatements });
export const photoSourceSchema = z.strictObject({ ...pictureSource, ...photoStatements });

const logoChoice = { use: z.boolean(), colour: z.boolean().optional(), colourPriceAccepted: z.boolean().optional() };
/** Facts are there when the logo is used; `assetId` alone says that one was offered. */
export const logoSchema = z.strictObject({ ...logoChoice, ...z.strictObject(pictureFacts).partial().shape });
export const logoSourceSchema = z.strictObject({ ...logoChoice, ...pictureSource });

export const tradeSchema = z.strictObject({ organisationCode: keyword, approvalRequired: z.boolean() });

const approval = z.strictObject({
  state: z.enum(['WAITING', 'APPROVED', 'REFUSED', 'WITHDRAWN']),
  by: text(80).optional(),
  at: instantSchema.optional(),
  /** Content hash of what was approved (`kortverk orders hash`). */
  contentHash: sha256.optional(),
});

export const approvalsSchema = z.strictObject({
  orderer: approval.optional(),
  issuer: approval.optional(),
  holder: approval.optional(),
  trade: approval.optional(),
});

const address = z.strictObject({
  recipient: text(100).optional(),
  companyName: text(200).optional(),
  line1: text(100).optional(),
  line2: text(100).optional(),
  postalCode: text(20).optional(),
  city: text(80).optional(),
  countryCode: country.default('SE'),
  phone: text(40).optional(),
});

export const deliverySchema = z.strictObject({
  mode: z.enum(['STANDARD', 'EXPRESS_PICKUP']),
  address: address.optional(),
  pickupPoint: idSchema.optional(),
});

export const accessorySchema = z.strictObject({ sku: keyword, quantity: z.int().min(1).max(100).default(1) });

export const letterSchema = z.strictObject({ template: idSchema, language: z.enum(['sv', 'en']) });

export const reorderSchema = z.strictObject({
  replacesCardNumber: z.string().trim().regex(/^[A-Z]{2}-\d{4}-\d{6}$/),
  reason: z.enum(['LOST', 'STOLEN', 'DAMAGED', 'NAME_CHANGE', 'RENEWAL']),
  /** What upstream knows of the old card; a card of this station is looked up instead. */
  oldCardStatus: z.enum(['PRODUCED', 'ACTIVE', 'BLOCKED', 'SUSPENDED', 'TERMINATED', 'EXPIRED']).optional(),
  oldCardBlockedAt: instantSchema.optional(),
  billable: z.boolean().optional(),
});
