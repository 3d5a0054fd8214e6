import { readdirSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { readSource, type SourceFile } from './source-file.ts';

/** The folders that may stand at the top, with their TypeScript (design section 2). */
export const topFolders = ['daemon', 'drivers', 'templates', 'queue', 'simulator', 'test'] as const;

/** Every TypeScript source of the project, except captured vectors. */
export function sourcePaths(root: string = packageRoot()): readonly string[] {
  return topFolders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => posix.join(folder, name.replaceAll(sep, '/'))))
    .filter((path) => /\.tsx?$/.test(path) && !path.startsWith('test/vectors/'))
    .toSorted();
}

let sources: readonly SourceFile[] | undefined;

/** All sources, parsed once a test process. */
export function allSources(): readonly SourceFile[] {
  sources ??= sourcePaths().map((path) => readSource(path));
  return sources;
}

/** The sources of the product: everything but the tests. */
export function productSources(): readonly SourceFile[] {
  return allSources().filter(({ path }) => !path.startsWith('test/'));
}
