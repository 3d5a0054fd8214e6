import { StationFault } from '../../drivers/contracts/fault.ts';
import { onGrid, type CardGrid } from '../compile/card-grid.ts';
import type { Box, Side } from '../compile/compiled-template.ts';
import { layDyes, type DyePanels } from '../panels/dye-conversion.ts';
import { requireCodes } from '../panels/read-back.ts';
import type { CardFace } from './card-face.ts';
import { fitFields } from './check-face.ts';
import { drawCode } from './draw-code.ts';
import { drawKLayer } from './draw-svg.ts';
import type { Fonts } from './fonts.ts';
import type { PreparedPicture } from './pictures.ts';
import type { DrawnTemplate } from './static-side.ts';
import { textSvg } from './text-svg.ts';

/** One side of a card in dots, before separation, with every text on it. The dyes know nothing of K yet. */
export interface DrawnSide {
  readonly rgb: Uint8Array;
  readonly dyes: DyePanels;
  readonly k: Uint8Array;
  readonly texts: readonly string[];
}

/** Draws one side of a checked face over its template's fixed art, and reads its codes back. */
export async function drawSide(drawn: DrawnTemplate, side: Side, face: CardFace, fonts: Fonts, pictures: ReadonlyMap<string, PreparedPicture>): Promise<DrawnSide> {
  const compiled = drawn.template[side];
  const { rgb, dyes } = await drawColours(drawn, side, pictures);
  const fitted = fitFields(drawn.template, fonts, face, compiled.texts);
  const k = fitted.length === 0 ? new Uint8Array(drawn.grid.dotCount) : await drawKLayer(textSvg(fitted), drawn.grid);
  const fixed = drawn[side].k;
  for (let index = 0; index < k.length; index += 1) if (fixed[index] === 1) k[index] = 1;
  const contents = compiled.codes.map((field) => ({ name: field.name, kind: field.rules.kind, content: face.codes[field.rules.content] ?? '' }));
  for (const field of compiled.codes) {
    if (!drawCode(k, field, face.codes[field.rules.content] ?? '', drawn.grid)) throw new StationFault('TPL-CODE-UNREADABLE', { field: field.name });
  }
  await requireCodes(k, contents, drawn.grid);
  const values = fitted.flatMap(({ lines }) => lines);
  return { rgb, dyes, k, texts: [...compiled.staticTexts, ...values, ...contents.map(({ content }) => content)] };
}

/** The fixed colours and their dyes, with this card's pictures laid in: only what a picture covers is converted anew. */
async function drawColours({ template, grid, conversion, ...drawn }: DrawnTemplate, side: Side, pictures: ReadonlyMap<string, PreparedPicture>): Promise<Pick<DrawnSide, 'rgb' | 'dyes'>> {
  const fixed = drawn[side];
  const rgb = Uint8Array.from(fixed.rgb);
  const dyes = { y: Uint8Array.from(fixed.dyes.y), m: Uint8Array.from(fixed.dyes.m), c: Uint8Array.from(fixed.dyes.c) };
  for (const { name, box } of template[side].pictures) {
    const picture = pictures.get(name);
    if (picture === undefined) continue;
    const covered = blit(rgb, onGrid(box, grid), picture, grid);
    await layDyes(dyes, { rgb, widthDots: grid.widthDots, heightDots: grid.heightDots }, covered, conversion);
  }
  return { rgb, dyes };
}

/** Lays a picture into its box: left and middle when it is smaller, mixed with what is below by its opacity. Gives the dots it covers. */
function blit(rgb: Uint8Array, box: Box, picture: PreparedPicture, { widthDots }: CardGrid): Box {
  const top = box.y + Math.floor((box.height - picture.heightPx) / 2);
  for (let row = 0; row < picture.heightPx; row += 1) {
    for (let column = 0; column < picture.widthPx; column += 1) {
      const from = (row * picture.widthPx + column) * 4;
      const to = ((top + row) * widthDots + box.x + column) * 3;
      const opacity = picture.rgba[from + 3] ?? 255;
      for (let channel = 0; channel < 3; channel += 1) {
        const mixed = ((picture.rgba[from + channel] ?? 0) * opacity + (rgb[to + channel] ?? 255) * (255 - opacity)) / 255;
        rgb[to + channel] = Math.round(mixed);
      }
    }
  }
  return { x: box.x, y: top, width: picture.widthPx, height: picture.heightPx };
}
