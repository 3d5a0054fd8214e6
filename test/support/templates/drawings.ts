import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TemplateSources } from '../../../templates/compile/compile-template.ts';
import { shippedDesigns } from '../../../templates/compile/read-template.ts';
import { templateManifestSchema, type TemplateManifest } from '../../../templates/schema/template-manifest.ts';

/** The three texts of the shipped ID06 design. */
export function shippedSources(): TemplateSources {
  const read = (file: string): string => readFileSync(join(shippedDesigns(), 'id06', file), 'utf8');
  return { name: 'id06', front: read('front.svg'), back: read('back.svg'), manifest: read('template.json') };
}

/** The manifest of the shipped design. */
export function shippedManifest(): TemplateManifest {
  return templateManifestSchema.parse(JSON.parse(shippedSources().manifest));
}

/** A small drawing with what a test wants in each layer. */
export function drawing(parts: { readonly colour?: string; readonly k?: string; readonly overlay?: string; readonly root?: string; readonly attributes?: string }): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1016 648" ${parts.attributes ?? ''}>${parts.root ?? ''}
<g id="layer-colour">${parts.colour ?? ''}</g><g id="layer-k">${parts.k ?? ''}</g><g id="layer-overlay">${parts.overlay ?? ''}</g></svg>`;
}

/** A text field as a designer draws it. */
export function textField(name: string, extra: { readonly group?: string; readonly rect?: string; readonly text?: string } = {}): string {
  const text = extra.text ?? 'x="40" y="100" font-family="Source Sans 3" font-weight="600" font-size="40"';
  return `<g data-field="${name}" ${extra.group ?? ''}><rect ${extra.rect ?? 'x="40" y="60" width="400" height="60"'} fill="none"/><text ${text}>Prov</text></g>`;
}
