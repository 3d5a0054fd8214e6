import { StationFault } from '../../drivers/contracts/fault.ts';
import { designGrid, onGrid, type CardGrid } from '../compile/card-grid.ts';
import type { CompiledSide, CompiledTemplate, HintedLabel, Side } from '../compile/compiled-template.ts';
import { countBlack, isInked } from '../panels/design-faults.ts';
import { straightDyes, type DyeConversion, type DyePanels } from '../panels/dye-conversion.ts';
import { overlayPanel } from '../panels/separate.ts';
import { drawColourLayer, drawKLayer } from './draw-svg.ts';
import { faceOf, type Fonts } from './fonts.ts';
import { drawHintedText } from './hinted-text.ts';

/** The unchanging dots of one side, drawn and converted once a template version. */
export interface StaticSide {
  readonly rgb: Uint8Array;
  readonly k: Uint8Array;
  readonly dyes: DyePanels;
  readonly overlay: Uint8Array;
}

/** What cards are drawn for: the printer's raster, its dyes, and how much sharpening they need. */
export interface DrawingTarget {
  readonly grid: CardGrid;
  readonly conversion: DyeConversion;
  readonly sharpeningPercent: number;
}

/** The raster of the design itself, and dyes as the complement of its colours. */
export const plainTarget: DrawingTarget = { grid: designGrid, conversion: straightDyes, sharpeningPercent: 100 };

/** A template with its fixed art drawn. */
export interface DrawnTemplate extends DrawingTarget {
  readonly template: CompiledTemplate;
  readonly front: StaticSide;
  readonly back: StaticSide;
}

/** Draws a template's fixed art and checks what can only be seen in dots. Throws `TPL-INVALID`. */
export async function drawTemplate(template: CompiledTemplate, fonts: Fonts, target: DrawingTarget = plainTarget): Promise<DrawnTemplate> {
  const draw = async (side: Side): Promise<StaticSide> => {
    const drawn = await drawStaticSide(template[side], fonts, target);
    checkDrawn(drawn, template[side], target.grid, `${template.manifest.id}/${side}.svg`);
    return drawn;
  };
  return { template, ...target, front: await draw('front'), back: await draw('back') };
}

async function drawStaticSide(side: CompiledSide, fonts: Fonts, { grid, conversion }: DrawingTarget): Promise<StaticSide> {
  const [rgb, k] = await Promise.all([drawColourLayer(side.colourArt, grid), drawKLayer(side.kArt, grid)]);
  for (const label of side.labels) await stampLabel(k, label, fonts, grid);
  const pattern = side.patternArt === '' ? undefined : await drawKLayer(side.patternArt, grid);
  const dyes = await conversion.convert({ rgb, widthDots: grid.widthDots, heightDots: grid.heightDots });
  return { rgb, k, dyes, overlay: overlayPanel(side.holes, grid, pattern) };
}

/** A label is drawn at the finest scale that both directions have, and its dots repeated in the one that has more. */
async function stampLabel(k: Uint8Array, label: HintedLabel, fonts: Fonts, { widthDots, heightDots, across, down }: CardGrid): Promise<void> {
  const scale = Math.min(across, down);
  const [repeatAcross, repeatDown] = [across / scale, down / scale];
  const mask = await drawHintedText(label.text, label.weight, label.sizePx * scale);
  const [width, height] = [mask.widthPx * repeatAcross, mask.heightPx * repeatDown];
  const left = Math.round(label.x * across);
  const top = (Math.round(label.baselinePx * scale) + descentDots(label, fonts, scale) - mask.heightPx) * repeatDown;
  if (left < 0 || top < 0 || left + width > widthDots || top + height > heightDots) {
    throw new StationFault('TPL-INVALID', { field: `label "${label.text}" reaches outside the card` });
  }
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      if (mask.dots[Math.floor(row / repeatDown) * mask.widthPx + Math.floor(column / repeatAcross)] === 1) k[(top + row) * widthDots + left + column] = 1;
    }
  }
}

/** How far the ink of a label reaches below its base line, in whole dots as hinting rounds it. The drawn mask is cropped to its ink. */
function descentDots(label: HintedLabel, fonts: Fonts, scale: number): number {
  const face = faceOf(fonts, label.weight);
  return Math.round((-face.layout(label.text).bbox.minY / face.unitsPerEm) * label.sizePx * scale);
}

function checkDrawn(drawn: StaticSide, side: CompiledSide, grid: CardGrid, file: string): void {
  const black = countBlack(drawn.rgb);
  if (black > 0) throw new StationFault('TPL-INVALID', { field: `${file}: ${black} black dots in layer-colour belong into layer-k` });
  const inked = side.holes.find((hole) => isInked(drawn.rgb, drawn.k, onGrid(hole, grid), grid));
  if (inked !== undefined) throw new StationFault('TPL-INVALID', { field: `${file}: the area at ${inked.x}, ${inked.y} must stay free of print` });
}
