import { StationFault } from '../../drivers/contracts/fault.ts';
import { cardHeightPx, cardWidthPx, type CompiledSide, type CompiledTemplate, type HintedLabel, type Side } from '../compile/compiled-template.ts';
import { countBlack, isInked } from '../panels/design-faults.ts';
import { drawColourLayer, drawKLayer } from './draw-svg.ts';
import { faceOf, type Fonts } from './fonts.ts';
import { drawHintedText } from './hinted-text.ts';

/** The unchanging dots of one side, drawn once a template version. */
export interface StaticSide {
  readonly rgb: Uint8Array;
  readonly k: Uint8Array;
}

/** A template with its fixed art drawn. */
export interface DrawnTemplate {
  readonly template: CompiledTemplate;
  readonly front: StaticSide;
  readonly back: StaticSide;
}

/** Draws a template's fixed art and checks what can only be seen in dots. Throws `TPL-INVALID`. */
export async function drawTemplate(template: CompiledTemplate, fonts: Fonts): Promise<DrawnTemplate> {
  const draw = async (side: Side): Promise<StaticSide> => {
    const drawn = await drawStaticSide(template[side], fonts);
    checkDrawn(drawn, template[side], `${template.manifest.id}/${side}.svg`);
    return drawn;
  };
  return { template, front: await draw('front'), back: await draw('back') };
}

async function drawStaticSide(side: CompiledSide, fonts: Fonts): Promise<StaticSide> {
  const [rgb, k] = await Promise.all([drawColourLayer(side.colourSvg), drawKLayer(side.kSvg)]);
  for (const label of side.labels) await stampLabel(k, label, fonts);
  return { rgb, k };
}

async function stampLabel(k: Uint8Array, label: HintedLabel, fonts: Fonts): Promise<void> {
  const mask = await drawHintedText(label.text, label.weight, label.sizePx);
  const left = Math.round(label.x);
  const top = Math.round(label.baselinePx) + descentPx(label, fonts) - mask.heightPx;
  if (left < 0 || top < 0 || left + mask.widthPx > cardWidthPx || top + mask.heightPx > cardHeightPx) {
    throw new StationFault('TPL-INVALID', { field: `label "${label.text}" reaches outside the card` });
  }
  for (let row = 0; row < mask.heightPx; row += 1) {
    for (let column = 0; column < mask.widthPx; column += 1) {
      if (mask.dots[row * mask.widthPx + column] === 1) k[(top + row) * cardWidthPx + left + column] = 1;
    }
  }
}

/** How far the ink of a label reaches below its base line, in whole dots as hinting rounds it. The drawn mask is cropped to its ink. */
function descentPx(label: HintedLabel, fonts: Fonts): number {
  const face = faceOf(fonts, label.weight);
  return Math.round((-face.layout(label.text).bbox.minY / face.unitsPerEm) * label.sizePx);
}

function checkDrawn(drawn: StaticSide, side: CompiledSide, file: string): void {
  const black = countBlack(drawn.rgb);
  if (black > 0) throw new StationFault('TPL-INVALID', { field: `${file}: ${black} black dots in layer-colour belong into layer-k` });
  const inked = side.holes.find((hole) => isInked(drawn.rgb, drawn.k, hole));
  if (inked !== undefined) throw new StationFault('TPL-INVALID', { field: `${file}: the area at ${inked.x}, ${inked.y} must stay free of print` });
}
