import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileTemplate, type TemplateSources } from './compile-template.ts';
import type { CompiledTemplate } from './compiled-template.ts';
import { limits } from './svg-allow-list.ts';
import { templateFault } from './svg-tree.ts';

/** The folder of the designs that ship with the product, found from the sources as well as from the build. */
export function shippedDesigns(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
  return join(folder, 'templates', 'designs');
}

/** Reads and compiles every design below a folder, one sub-folder each. Throws `TPL-INVALID`. */
export async function readTemplates(folder: string): Promise<readonly CompiledTemplate[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).toSorted();
  return Promise.all(names.map((name) => readTemplate(join(folder, name), name)));
}

/** Reads a design's three files: `front.svg`, `back.svg` and `template.json`, none larger than the compiler takes. Throws `TPL-INVALID`. */
export async function readTemplateSources(folder: string, name: string): Promise<TemplateSources> {
  const front = await readBounded(folder, name, 'front.svg');
  const back = await readBounded(folder, name, 'back.svg');
  return { name, front, back, manifest: await readBounded(folder, name, 'template.json') };
}

/** Reads and compiles one design from a folder named as its id. Throws `TPL-INVALID`. */
export async function readTemplate(folder: string, name: string): Promise<CompiledTemplate> {
  const template = compileTemplate(await readTemplateSources(folder, name));
  if (template.manifest.id !== name) throw templateFault(`${name}/template.json`, `id ${template.manifest.id} is not the folder's name`);
  return template;
}

async function readBounded(folder: string, name: string, file: string): Promise<string> {
  const path = join(folder, file);
  try {
    const { size } = await stat(path);
    if (size <= limits.maxBytes) return await readFile(path, 'utf8');
  } catch (error) {
    throw templateFault(`${name}/${file}`, 'cannot be read', error);
  }
  throw templateFault(`${name}/${file}`, `larger than ${limits.maxBytes} bytes`);
}
