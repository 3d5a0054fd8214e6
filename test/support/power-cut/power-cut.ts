import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../../drivers/contracts/package-root.ts';

const run = promisify(execFile);

/** Builds the disk model with the computer's C compiler. Gives the library's path. */
export async function buildDiskModel(folder: string): Promise<string> {
  const library = join(folder, 'last-synced.so');
  await run('cc', ['-shared', '-fPIC', '-O2', '-Wall', '-Werror', '-o', library, join(packageRoot(), 'test/support/power-cut/last-synced.c')]);
  return library;
}

/** The wrapper that runs a program on the disk model. */
export function onDiskModel(library: string, kept: string, syncsUntilFailure?: number): readonly string[] {
  const failure = syncsUntilFailure === undefined ? [] : [`SYNCS_UNTIL_FAILURE=${syncsUntilFailure}`];
  return ['env', `LD_PRELOAD=${library}`, `LAST_SYNCED=${kept}`, ...failure];
}

/** What is on the disk now is there after a cut: the starting point of the model. */
export async function startFromDisk(folder: string, kept: string): Promise<void> {
  await rm(kept, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await mkdir(kept);
  for (const { path, inode } of await filesOf(folder)) await cp(path, join(kept, inode));
}

/** Puts every file of a folder back to its content at its last fsync; one that was never synced is empty. */
export async function cutPower(folder: string, kept: string): Promise<void> {
  const synced = new Set(await readdir(kept));
  for (const { path, inode } of await filesOf(folder)) {
    if (synced.has(inode)) await cp(join(kept, inode), path);
    else await truncate(path, 0);
  }
}

async function filesOf(folder: string): Promise<readonly { readonly path: string; readonly inode: string }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []));
  return Promise.all(paths.map(async (path) => ({ path, inode: String((await stat(path)).ino) })));
}
