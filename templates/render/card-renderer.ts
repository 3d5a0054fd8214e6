import { cardRasters, type CardRaster } from '../../drivers/contracts/card-raster.ts';
import { systemClock, within, type Clock, type Wait } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { Finding } from '../../drivers/contracts/finding.ts';
import { cardGrid, type CardGrid } from '../compile/card-grid.ts';
import { requireApproval } from '../compile/compile-template.ts';
import { readTemplates, shippedDesigns } from '../compile/read-template.ts';
import { cardImage } from '../panels/card-digest.ts';
import { straightDyes, type DyeConversion } from '../panels/dye-conversion.ts';
import { prepareCodeReader } from '../panels/read-back.ts';
import { seenBySomeone, separate } from '../panels/separate.ts';
import type { CardFace, RenderedCard, RgbPicture } from './card-face.ts';
import { checkFace } from './check-face.ts';
import { drawSide } from './draw-side.ts';
import { requireFonts } from './font-probe.ts';
import { installFontconfig, readFonts, type Fonts } from './fonts.ts';
import { preparePicture, type PreparedPicture } from './pictures.ts';
import { drawTemplate, type DrawnTemplate } from './static-side.ts';

/** Draws cards of the station's approved templates. */
export interface CardRenderer {
  /** The templates that can be drawn. */
  readonly templates: readonly { readonly id: string; readonly version: string; readonly hash: string }[];
  /** The opened faces that texts are measured with, for what else is set in them: opening them anew decodes them again. */
  readonly fonts: Fonts;
  /**
   * Whether a face can be drawn, without drawing it: template and fields known, required texts there, every
   * character in the font, every text fits at its smallest size. Empty when all is well.
   */
  check(face: CardFace): readonly Finding[];
  /**
   * Decodes photo and logo and says what stands against printing them (`PHO-FORMAT`, `PHO-UNREADABLE`,
   * `PHO-TOO-SMALL`, `LOG-FORMAT`, `LOG-UNREADABLE`, `LOG-TOO-SMALL`). Empty when all is well.
   */
  checkPictures(face: CardFace): Promise<readonly Finding[]>;
  /**
   * Draws both sides, separates the panels and reads every code back from the K panel. Throws the first finding of
   * `check` and `checkPictures` as a fault, `TPL-CODE-UNREADABLE`, and at the limit `LNK-TIMEOUT` or `STA-ABORTED`.
   */
  render(face: CardFace, limit: Wait): Promise<RenderedCard>;
}

/** What a renderer is opened with. */
export interface RendererOptions {
  /** A folder of the station's own for the generated font configuration and its cache. */
  readonly cacheDir: string;
  /** The folder of the designs; the shipped ones when absent. */
  readonly designsDir?: string;
  /** The raster of the printer that the cards are for; 300 dpi when absent. */
  readonly raster?: CardRaster;
  /** How its dyes are found; the complement of the colours when absent. */
  readonly conversion?: DyeConversion;
  /** How much of a design's sharpening of the photo; 100 when absent. */
  readonly sharpeningPercent?: number;
  readonly clock?: Clock;
}

/**
 * Opens the renderer: installs the shipped fonts and proves that they are the ones drawn, compiles every design, checks its
 * approval and draws its fixed art. Throws `TPL-FONT` or `TPL-INVALID`. Must run in the main thread (see `installFontconfig`).
 */
export async function openRenderer(options: RendererOptions): Promise<CardRenderer> {
  await installFontconfig(options.cacheDir);
  const fonts = await readFonts();
  await requireFonts();
  await prepareCodeReader();
  const target = { grid: cardGrid(options.raster ?? cardRasters['300']), conversion: options.conversion ?? straightDyes, sharpeningPercent: options.sharpeningPercent ?? 100 };
  const templates = new Map<string, DrawnTemplate>();
  for (const template of await readTemplates(options.designsDir ?? shippedDesigns())) {
    requireApproval(template);
    templates.set(template.manifest.id, await drawTemplate(template, fonts, target));
  }
  return new SharpCardRenderer(templates, fonts, options.clock ?? systemClock);
}

/** The renderer on sharp (librsvg for texts and fixed art, libvips for pictures). */
export class SharpCardRenderer implements CardRenderer {
  readonly #templates: ReadonlyMap<string, DrawnTemplate>;
  readonly fonts: Fonts;
  readonly #clock: Clock;

  constructor(templates: ReadonlyMap<string, DrawnTemplate>, fonts: Fonts, clock: Clock) {
    this.#templates = templates;
    this.fonts = fonts;
    this.#clock = clock;
  }

  get templates(): readonly { readonly id: string; readonly version: string; readonly hash: string }[] {
    return [...this.#templates.values()].map(({ template }) => ({ id: template.manifest.id, version: template.manifest.version, hash: template.sourceHash }));
  }

  check(face: CardFace): readonly Finding[] {
    const drawn = this.#templates.get(face.templateId);
    if (drawn === undefined) return [{ code: 'TPL-INVALID', field: 'templateId', detail: { field: `${face.templateId}: no such template` } }];
    return checkFace(drawn.template, this.fonts, face);
  }

  async checkPictures(face: CardFace): Promise<readonly Finding[]> {
    const drawn = this.#templates.get(face.templateId);
    return drawn === undefined ? [] : (await this.#prepare(drawn, face)).findings;
  }

  render(face: CardFace, limit: Wait): Promise<RenderedCard> {
    return within(this.#clock, limit, () => this.#draw(face));
  }

  async #draw(face: CardFace): Promise<RenderedCard> {
    refuse(this.check(face));
    const drawn = this.#templates.get(face.templateId);
    if (drawn === undefined) throw new StationFault('TPL-INVALID', { field: face.templateId });
    const { pictures, findings } = await this.#prepare(drawn, face);
    refuse(findings);
    const { template, grid } = drawn;
    const front = await drawSide(drawn, 'front', face, this.fonts, pictures);
    const back = await drawSide(drawn, 'back', face, this.fonts, pictures);
    return {
      image: cardImage(separate(front.dyes, front.k, drawn.front.overlay, grid), separate(back.dyes, back.k, drawn.back.overlay, grid)),
      front: picture(seenBySomeone(front.rgb, front.k), grid),
      back: picture(seenBySomeone(back.rgb, back.k), grid),
      texts: { front: front.texts, back: back.texts },
      templateId: template.manifest.id,
      templateVersion: template.manifest.version,
      templateHash: template.sourceHash,
      fontHash: this.fonts.hash,
    };
  }

  async #prepare({ template, grid, sharpeningPercent }: DrawnTemplate, face: CardFace): Promise<{ readonly pictures: ReadonlyMap<string, PreparedPicture>; readonly findings: readonly Finding[] }> {
    const pictures = new Map<string, PreparedPicture>();
    const findings: Finding[] = [];
    for (const field of [...template.front.pictures, ...template.back.pictures]) {
      const { name, box, rules } = field;
      const bytes = face[name];
      if (bytes === null) continue;
      const photoOnly = name === 'photo' ? { crop: face.photoCrop, grey: face.greyPhoto } : {};
      const prepared = await preparePicture({ name, bytes, box, rules, limits: template.manifest.limits, grid, sharpeningPercent, ...photoOnly });
      if ('code' in prepared) findings.push({ code: prepared.code, field: name, detail: { note: prepared.note } });
      else pictures.set(name, prepared);
    }
    return { pictures, findings };
  }
}

/** In square dots: rows are repeated where dots are narrower than they are high. */
function picture(rgb: Uint8Array, { widthDots, heightDots, across, down }: CardGrid): RgbPicture {
  const repeat = across / down;
  if (repeat === 1) return { widthPx: widthDots, heightPx: heightDots, rgb };
  const square = new Uint8Array(rgb.length * repeat);
  for (let row = 0; row < heightDots * repeat; row += 1) {
    const from = Math.floor(row / repeat) * widthDots * 3;
    square.set(rgb.subarray(from, from + widthDots * 3), row * widthDots * 3);
  }
  return { widthPx: widthDots, heightPx: heightDots * repeat, rgb: square };
}

function refuse(findings: readonly Finding[]): void {
  const [first] = findings;
  if (first !== undefined) throw new StationFault(first.code, { ...(first.field === undefined ? {} : { field: first.field }), ...first.detail });
}
