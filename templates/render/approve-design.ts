import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cardHeightPx, cardWidthPx } from '../compile/compiled-template.ts';
import { compileTemplate } from '../compile/compile-template.ts';
import { readTemplateSources } from '../compile/read-template.ts';
import { templateFault } from '../compile/svg-tree.ts';
import { drawForApproval, type DesignApproval } from './approval.ts';
import type { RgbPicture } from './card-face.ts';
import { sidePictures } from './write-pictures.ts';

const digests = ['sources', 'front', 'back'] as const;

/** How a design stands to its approval: which of its digests are no longer the approved ones. */
export interface DesignState {
  readonly id: string;
  readonly version: string;
  readonly drawn: Pick<DesignApproval, (typeof digests)[number]>;
  readonly changed: readonly (typeof digests)[number][];
}

/**
 * Draws a design's sample card, writes `ID-front.png` and `ID-back.png` into `outDir` for a person to look at, and compares the digests
 * with the approved ones. Throws `TPL-INVALID` and `TPL-FONT`.
 */
export async function inspectDesign(designsDir: string, id: string, outDir: string, cacheDir: string): Promise<DesignState> {
  const sources = await readTemplateSources(join(designsDir, id), id);
  const drawn = await drawForApproval(sources, cacheDir);
  const { manifest } = compileTemplate(sources);
  const picture = (rgb: Uint8Array): RgbPicture => ({ widthPx: cardWidthPx, heightPx: cardHeightPx, rgb });
  const { front, back } = await sidePictures({ front: picture(drawn.frontRgb), back: picture(drawn.backRgb) });
  await mkdir(outDir, { recursive: true });
  await writeFile(join(outDir, `${id}-front.png`), front);
  await writeFile(join(outDir, `${id}-back.png`), back);
  const changed = digests.filter((name) => drawn[name] !== manifest.approved[name]);
  return { id, version: manifest.version, drawn: { sources: drawn.sources, front: drawn.front, back: drawn.back }, changed };
}

/** Writes the digests that a person has looked at into the design's `template.json`, and nothing else of it. */
export async function approveDesign(designsDir: string, state: DesignState): Promise<void> {
  const file = join(designsDir, state.id, 'template.json');
  const text = await readFile(file, 'utf8');
  const approved = `"approved": ${JSON.stringify(state.drawn, null, 4).replace(/\n\}$/, '\n  }')}`;
  const changed = text.replace(/"approved":\s*\{[^}]*\}/, approved);
  if (changed === text && state.changed.length > 0) throw templateFault(`${state.id}/template.json`, 'holds no approval that could be replaced');
  await writeFile(file, changed);
}
