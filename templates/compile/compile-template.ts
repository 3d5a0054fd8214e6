import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { templateManifestSchema, type TemplateManifest } from '../schema/template-manifest.ts';
import { compileSide } from './compile-side.ts';
import type { CompiledSide, CompiledTemplate } from './compiled-template.ts';
import { templateFault } from './svg-tree.ts';

/** The three texts a design consists of, and the name faults call it by. */
export interface TemplateSources {
  readonly name: string;
  readonly front: string;
  readonly back: string;
  readonly manifest: string;
}

/**
 * Compiles a design and checks that the drawings and the manifest speak of the same fields. Does not ask whether it was
 * approved: see `requireApproval`. Throws `TPL-INVALID` with file and reason.
 */
export function compileTemplate(sources: TemplateSources): CompiledTemplate {
  const manifest = readManifest(sources);
  const front = compileSide(sources.front, `${sources.name}/front.svg`, manifest);
  const back = compileSide(sources.back, `${sources.name}/back.svg`, manifest);
  checkNames(manifest, [front, back], `${sources.name}/template.json`);
  return { manifest, front, back, sourceHash: hashSources(sources, manifest) };
}

/** Refuses a design whose sources are not the approved ones. Throws `TPL-INVALID`. */
export function requireApproval(template: CompiledTemplate): void {
  const { manifest, sourceHash } = template;
  if (manifest.approved.sources !== sourceHash) throw templateFault(`${manifest.id}/template.json`, `the design was changed after it was approved (digest ${sourceHash})`);
}

function readManifest(sources: TemplateSources): TemplateManifest {
  const file = `${sources.name}/template.json`;
  let json: unknown;
  try {
    json = JSON.parse(sources.manifest);
  } catch (error) {
    throw templateFault(file, 'not JSON', error);
  }
  const parsed = templateManifestSchema.safeParse(json);
  if (!parsed.success) throw templateFault(file, z.prettifyError(parsed.error).replaceAll(/\s+/g, ' '));
  return parsed.data;
}

function checkNames(manifest: TemplateManifest, sides: readonly CompiledSide[], file: string): void {
  const texts = new Set(sides.flatMap((side) => side.texts.map(({ name }) => name)));
  const codes = new Set(sides.flatMap((side) => side.codes.map(({ name }) => name)));
  const pictures = sides.flatMap((side) => side.pictures.map(({ name }) => name));
  const unplaced = [...Object.keys(manifest.fields).filter((name) => !texts.has(name)), ...Object.keys(manifest.codes).filter((name) => !codes.has(name))];
  if (unplaced.length > 0) throw templateFault(file, `no drawing places ${unplaced.join(', ')}`);
  for (const name of ['photo', 'logo'] as const) {
    const count = pictures.filter((one) => one === name).length;
    if (count > 1 || (count === 0 && manifest.pictures[name].required)) throw templateFault(file, `${name} stands ${count} times on the card`);
  }
  for (const { texts: fields } of sides) {
    const small = fields.find(({ style, rules }) => style.sizePx < rules.minSizePx);
    if (small !== undefined) throw templateFault(file, `field ${small.name} is drawn smaller than its own minSizePx`);
  }
}

function hashSources(sources: TemplateSources, manifest: TemplateManifest): string {
  const { approved: _approved, ...approvable } = manifest;
  const hash = createHash('sha256');
  for (const part of [sources.front, sources.back, canonicalize(approvable) ?? '']) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('hex');
}
