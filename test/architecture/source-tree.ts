import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { readSource, type SourceFile } from './source-file.ts';

/** The folders that may stand at the top, with their TypeScript (design section 2). */
export const topFolders = ['daemon', 'drivers', 'templates', 'queue', 'simulator', 'test'] as const;

/** Every TypeScript source of the project that git knows or would take, except captured vectors. */
export function sourcePaths(root: string = packageRoot()): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...topFolders], { cwd: root, encoding: 'utf8', maxBuffer: 16 << 20 });
  return listed.split('\0')
    .filter((path) => /\.tsx?$/.test(path) && !path.startsWith('test/vectors/'))
    .filter((path) => existsSync(join(root, path)));
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
