/** Three dye panels, one byte a dot each: 0 none, 255 full. */
export interface DyePanels {
  readonly y: Uint8Array;
  readonly m: Uint8Array;
  readonly c: Uint8Array;
}

/** A rectangle of sRGB colours, three bytes a dot, rows from the top. */
export interface ColourArea {
  readonly rgb: Uint8Array;
  readonly widthDots: number;
  readonly heightDots: number;
}

/** How the colours of a drawing become dyes on one printer. White is the card itself and gets no dye. */
export interface DyeConversion {
  readonly name: string;
  convert(area: ColourArea): Promise<DyePanels>;
}

/** Dyes as the complement of red, green and blue: for printers that linearise by themselves. Equal light gives equal dyes. */
export const straightDyes: DyeConversion = {
  name: 'straight',
  convert: async ({ rgb }) => Promise.resolve(complement(rgb)),
};

/** The complement of a printer's own red, green and blue. */
export function complement(rgb: Uint8Array): DyePanels {
  const dots = rgb.length / 3;
  const [y, m, c] = [new Uint8Array(dots), new Uint8Array(dots), new Uint8Array(dots)];
  for (let dot = 0, at = 0; dot < dots; dot += 1, at += 3) {
    c[dot] = 255 - (rgb[at] ?? 255);
    m[dot] = 255 - (rgb[at + 1] ?? 255);
    y[dot] = 255 - (rgb[at + 2] ?? 255);
  }
  return { y, m, c };
}

/** Takes the dyes away where the drawing is white, whatever a profile or table gave for it. */
export function clearWhite(rgb: Uint8Array, { y, m, c }: DyePanels): void {
  for (let dot = 0, at = 0; dot < y.length; dot += 1, at += 3) {
    if (rgb[at] !== 255 || rgb[at + 1] !== 255 || rgb[at + 2] !== 255) continue;
    y[dot] = 0;
    m[dot] = 0;
    c[dot] = 0;
  }
}

/** Lays the dyes of one rectangle of a drawing into the panels of the whole. */
export async function layDyes(panels: DyePanels, drawing: ColourArea, box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }, conversion: DyeConversion): Promise<void> {
  const rgb = new Uint8Array(box.width * box.height * 3);
  for (let row = 0; row < box.height; row += 1) {
    const from = ((box.y + row) * drawing.widthDots + box.x) * 3;
    rgb.set(drawing.rgb.subarray(from, from + box.width * 3), row * box.width * 3);
  }
  const dyes = await conversion.convert({ rgb, widthDots: box.width, heightDots: box.height });
  for (const ink of ['y', 'm', 'c'] as const) {
    for (let row = 0; row < box.height; row += 1) {
      panels[ink].set(dyes[ink].subarray(row * box.width, (row + 1) * box.width), (box.y + row) * drawing.widthDots + box.x);
    }
  }
}
