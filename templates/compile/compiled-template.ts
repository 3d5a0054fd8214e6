import type { CodeRules, PictureName, PictureRules, TemplateManifest, TextFieldRules } from '../schema/template-manifest.ts';

/** A rectangle on the card from the top left corner: in units of the design (1/300 inch), or in dots of a grid. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Which way a text runs: across the card, or turned to read upwards or downwards. */
export type TextDirection = 'across' | 'up' | 'down';

/** How a text is set: face, size in dots, and where its first base line lies (y across, x when turned). */
export interface TextStyle {
  readonly weight: FontWeight;
  readonly sizePx: number;
  readonly baselinePx: number;
  readonly lineHeightPx: number;
  readonly direction: TextDirection;
}

/** The weights of the shipped face. */
export type FontWeight = 300 | 400 | 600 | 700 | 900;

export interface TextField {
  readonly name: string;
  readonly box: Box;
  readonly style: TextStyle;
  readonly rules: TextFieldRules;
}

export interface PictureField {
  readonly name: PictureName;
  readonly box: Box;
  readonly rules: PictureRules;
}

export interface CodeField {
  readonly name: string;
  readonly box: Box;
  readonly rules: CodeRules;
}

/** A fixed small text of the K layer that is drawn hinted, one bit a dot. */
export interface HintedLabel {
  readonly text: string;
  readonly x: number;
  readonly baselinePx: number;
  readonly weight: FontWeight;
  readonly sizePx: number;
}

/** One side of a design as data: what never changes, and where the card's own values go. */
export interface CompiledSide {
  /** SVG elements of the fixed art of the colour layer, in units of the design. */
  readonly colourArt: string;
  /** SVG elements of the fixed art of the K layer, without the hinted labels. */
  readonly kArt: string;
  /** SVG elements of a pattern that is left out of the varnish, empty when there is none. */
  readonly patternArt: string;
  readonly labels: readonly HintedLabel[];
  /** Every fixed text as it reads, labels included. */
  readonly staticTexts: readonly string[];
  readonly texts: readonly TextField[];
  readonly pictures: readonly PictureField[];
  readonly codes: readonly CodeField[];
  /** Areas that stay free of print and varnish, such as the contact chip with its margin. */
  readonly holes: readonly Box[];
}

export type Side = 'front' | 'back';

/** A design that passed the compiler and belongs to its approved digest. */
export interface CompiledTemplate {
  readonly manifest: TemplateManifest;
  readonly front: CompiledSide;
  readonly back: CompiledSide;
  /** SHA-256 (hex) over both drawings and the manifest without its approvals. */
  readonly sourceHash: string;
}

/** A design's size in its units of 1/300 inch: CR80 with bleed, as card printers of 300 dpi take it. */
export const cardWidthPx = 1016;
export const cardHeightPx = 648;
