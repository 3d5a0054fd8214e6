/** What a dye panel gets for 0..255 of wanted dye: one measured table of 256 entries a dye. */
export interface DyeCurves {
  readonly y: Uint8Array;
  readonly m: Uint8Array;
  readonly c: Uint8Array;
}

const straight = Uint8Array.from({ length: 256 }, (_, index) => index);

/** Dye as wanted: for printers that linearise by themselves. */
export const straightCurves: DyeCurves = { y: straight, m: straight, c: straight };
