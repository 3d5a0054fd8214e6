import { createHash } from 'node:crypto';
import { compileTemplate, type TemplateSources } from '../compile/compile-template.ts';
import type { CompiledTemplate } from '../compile/compiled-template.ts';
import { prepareCodeReader } from '../panels/read-back.ts';
import { seenBySomeone } from '../panels/separate.ts';
import type { CardFace } from './card-face.ts';
import { drawSide } from './draw-side.ts';
import { requireFonts } from './font-probe.ts';
import { installFontconfig, readFonts } from './fonts.ts';
import { drawTemplate } from './static-side.ts';

/** What a person approves of a design: its sources and the look of its sample card, as SHA-256 (hex), and the pictures themselves. */
export interface DesignApproval {
  readonly sources: string;
  readonly front: string;
  readonly back: string;
  /** Three bytes a dot, card raster. */
  readonly frontRgb: Uint8Array;
  readonly backRgb: Uint8Array;
}

/**
 * Draws the sample card of a design (without photo and logo) for approval. The picture digests hold for one sharp version:
 * after an upgrade, look at the pictures and approve them anew. Throws `TPL-INVALID` and `TPL-FONT` as `openRenderer` does.
 */
export async function drawForApproval(sources: TemplateSources, cacheDir: string): Promise<DesignApproval> {
  await installFontconfig(cacheDir);
  const fonts = await readFonts();
  await requireFonts();
  await prepareCodeReader();
  const template = compileTemplate(sources);
  const drawn = await drawTemplate(template, fonts);
  const face = sampleFace(template);
  const front = await drawSide(drawn, 'front', face, fonts, new Map());
  const back = await drawSide(drawn, 'back', face, fonts, new Map());
  const [frontRgb, backRgb] = [seenBySomeone(front.rgb, front.k), seenBySomeone(back.rgb, back.k)];
  return { sources: template.sourceHash, front: digest(frontRgb), back: digest(backRgb), frontRgb, backRgb };
}

function sampleFace({ manifest }: CompiledTemplate): CardFace {
  return { templateId: manifest.id, texts: manifest.sample.texts, codes: manifest.sample.codes, photo: new Uint8Array(), logo: null };
}

function digest(rgb: Uint8Array): string {
  return createHash('sha256').update(rgb).digest('hex');
}
