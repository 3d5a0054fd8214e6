import type { CardImage } from '../../drivers/contracts/card-image.ts';

/** A part of a picture in whole pixels, measured after EXIF orientation was applied. */
export interface PictureCrop {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Everything one card shows, as plain values. Texts are keyed by the template's field names. */
export interface CardFace {
  readonly templateId: string;
  /** Field name -> text, lines parted by `\n` where the field allows several. */
  readonly texts: Readonly<Record<string, string>>;
  /** The holder's photo as delivered: a JPEG or PNG file. */
  readonly photo: Uint8Array;
  /** The part of the photo to show; the largest middle part of the box's shape when absent. */
  readonly photoCrop?: PictureCrop;
  /** Whether a colour photo is printed in grey. */
  readonly greyPhoto?: boolean;
  /** The company's logo as delivered (JPEG or PNG), or null when the card shows none. */
  readonly logo: Uint8Array | null;
  /** What the template's bar codes carry, by the name its codes ask for. */
  readonly codes: Readonly<Record<string, string>>;
}

/** A picture for a person to look at: three bytes a pixel, red green blue, rows from the top. */
export interface RgbPicture {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rgb: Uint8Array;
}

/** Every text that stands on a side, labels and values and code contents, as drawn. */
export interface RenderedTexts {
  readonly front: readonly string[];
  readonly back: readonly string[];
}

/** One card ready for the printer, with what the rules, the letter and the crosscheck need to know of it. */
export interface RenderedCard {
  readonly image: CardImage;
  readonly front: RgbPicture;
  readonly back: RgbPicture;
  readonly texts: RenderedTexts;
  readonly templateId: string;
  readonly templateVersion: string;
  /** SHA-256 (hex) of the template's sources. */
  readonly templateHash: string;
  /** SHA-256 (hex) of the font files. */
  readonly fontHash: string;
}
