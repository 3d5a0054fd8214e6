import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseSync, Visitor, type ParseResult, type VisitorObject } from 'oxc-parser';
import { packageRoot } from '../../drivers/contracts/package-root.ts';

/** One import, export-from or import type of a source file. */
export interface SourceImport {
  /** As written, such as `../contracts/fault.ts` or `zod`. */
  readonly specifier: string;
  /** `value` runs the other module at load, `type` never does, `dynamic` does later. */
  readonly kind: 'value' | 'type' | 'dynamic';
  readonly line: number;
}

/** A parsed source file; `path` is relative to the package, with slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly parsed: ParseResult;
  readonly imports: readonly SourceImport[];
}

/** Reads and parses one TypeScript source. Throws when it is no TypeScript. */
export function readSource(path: string, root: string = packageRoot()): SourceFile {
  return parseSource(path, readFileSync(join(root, path), 'utf8'));
}

/** Parses TypeScript text under the name of a path. */
export function parseSource(path: string, text: string): SourceFile {
  const parsed = parseSync(path, text);
  const [error] = parsed.errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  return { path, text, parsed, imports: importsOf(parsed, text) };
}

/** The line of an offset, from 1. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** Walks the syntax tree of a file. */
export function visit(file: SourceFile, visitor: VisitorObject): void {
  new Visitor(visitor).visit(file.parsed.program);
}

/** The path of the module that a relative specifier means, relative to the package; undefined for a package or a builtin. */
export function resolveRelative(from: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(from), specifier)) : undefined;
}

/** The package of a bare specifier: `@scope/name/part` is of `@scope/name`; undefined for builtins and own files. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined;
  return specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

function importsOf(parsed: ParseResult, text: string): SourceImport[] {
  const { staticImports, staticExports, dynamicImports } = parsed.module;
  const found: SourceImport[] = staticImports.map((item) => ({
    specifier: item.moduleRequest.value,
    kind: isTypeOnly(item.entries) || text.startsWith('import type', item.start) ? 'type' : 'value',
    line: lineOf(text, item.start),
  }));
  for (const { entries, start } of staticExports) {
    for (const { moduleRequest, isType } of entries) {
      if (moduleRequest !== null) found.push({ specifier: moduleRequest.value, kind: isType ? 'type' : 'value', line: lineOf(text, start) });
    }
  }
  for (const { start, moduleRequest } of dynamicImports) {
    const written = text.slice(moduleRequest.start, moduleRequest.end);
    found.push({ specifier: written.replace(/^['"`]|['"`]$/g, ''), kind: 'dynamic', line: lineOf(text, start) });
  }
  return [...found, ...importTypesOf(parsed, text)];
}

function isTypeOnly(entries: readonly { readonly isType: boolean }[]): boolean {
  return entries.length > 0 && entries.every(({ isType }) => isType);
}

/** `import('./x.ts').T` in a type position. */
function importTypesOf(parsed: ParseResult, text: string): SourceImport[] {
  const found: SourceImport[] = [];
  new Visitor({
    TSImportType(node) {
      found.push({ specifier: node.source.value, kind: 'type', line: lineOf(text, node.start) });
    },
  }).visit(parsed.program);
  return found;
}
