import { z } from 'zod';

const name = z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/, 'a name of letters and digits');
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in hex');

const textField = z.strictObject({
  required: z.boolean(),
  /** Characters a line. */
  maxLength: z.int().min(1).max(200),
  lines: z.int().min(1).max(8).default(1),
  /** The smallest size the text may be shrunk to, in dots. Thinner strokes do not survive a one-bit ribbon panel. */
  minSizePx: z.number().min(20).max(200),
  align: z.enum(['left', 'centre', 'right']),
  case: z.enum(['as-given', 'upper']).default('as-given'),
  panel: z.literal('k'),
  /** Text the station fills in itself, not the order. */
  source: z.enum(['order', 'template-version']).default('order'),
});

/** `content` names the card's value that the code carries; several codes may carry the same. */
const code = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('qr'), content: name, modulePx: z.int().min(5).max(20), quietModules: z.int().min(4).max(10), errorCorrection: z.enum(['L', 'M', 'Q', 'H']) }),
  z.strictObject({ kind: z.literal('code128'), content: name, modulePx: z.int().min(2).max(8), quietModules: z.int().min(10).max(30) }),
]);

const picture = z.strictObject({
  required: z.boolean(),
  minWidthPx: z.int().min(1).max(4000),
  minHeightPx: z.int().min(1).max(4000),
  /** How much a picture may be enlarged to fill its box. */
  maxEnlargement: z.number().min(1).max(4),
  fit: z.enum(['cover', 'inside']),
});

/**
 * How a photo is sharpened at the size it is printed, against the softness of dyes: the radius in units of the design (Gaussian
 * sigma), and how much flat and jagged parts get, in lightness alone.
 */
const sharpening = z.strictObject({ sigmaPx: z.number().min(0.3).max(5), flat: z.number().min(0).max(10), jagged: z.number().min(0).max(20) });

/** The schema of `template.json`: what the fields of a card design accept, and what was approved. */
export const templateManifestSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'lower case letters, digits, hyphens'),
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'a version such as 1.0.0'),
  title: z.strictObject({ sv: z.string().min(1).max(60), en: z.string().min(1).max(60) }),
  fontFamily: z.literal('Source Sans 3'),
  fields: z.record(name, textField),
  pictures: z.strictObject({ photo: picture.extend({ sharpen: sharpening.optional() }), logo: picture }),
  codes: z.record(name, code),
  limits: z.strictObject({
    /** Largest picture that is decoded, in pixels. */
    maxPicturePixels: z.int().min(1_000_000).max(100_000_000),
    maxPictureBytes: z.int().min(100_000).max(50_000_000),
  }),
  /** A made-up card for the approval picture. */
  sample: z.strictObject({ texts: z.record(name, z.string()), codes: z.record(name, z.string()) }),
  /** Digests a person approved: of the sources, and of each side's picture of the sample card. */
  approved: z.strictObject({ sources: sha256, front: sha256, back: sha256 }),
});

export type TemplateManifest = z.infer<typeof templateManifestSchema>;
export type TextFieldRules = z.infer<typeof textField>;
export type CodeRules = z.infer<typeof code>;
export type PictureRules = z.infer<typeof picture> & { readonly sharpen?: Sharpening | undefined };
export type Sharpening = z.infer<typeof sharpening>;
export type PictureName = keyof TemplateManifest['pictures'];
