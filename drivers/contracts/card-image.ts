/**
 * One side of a card as the printer shall mark it: one byte a dot, rows from the top, dots from the left, upright
 * landscape. Dye panels hold 0 (none) to 255 (full); K and overlay hold 0 or 1. A missing panel is not printed.
 */
export interface SideImage {
  readonly widthDots: number;
  readonly heightDots: number;
  readonly y?: Uint8Array;
  readonly m?: Uint8Array;
  readonly c?: Uint8Array;
  readonly k?: Uint8Array;
  readonly overlay?: Uint8Array;
}

export type Ink = 'y' | 'm' | 'c' | 'k' | 'overlay';

/** Both sides of one card. `digest` is the SHA-256 (hex) over the panels in the order of their names, for journal and crosscheck. */
export interface CardImage {
  readonly front: SideImage;
  readonly back?: SideImage;
  readonly digest: string;
}
