import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { cp, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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
  await keepFolder(folder, kept);
}

async function keepFolder(folder: string, kept: string): Promise<void> {
  const lines: string[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const info = await lstat(path);
    lines.push(`${info.ino} ${info.mode.toString(8)} ${name}\n`);
    if (info.isDirectory()) await keepFolder(path, kept);
    if (info.isFile()) await cp(path, join(kept, String(info.ino)));
  }
  await writeFile(join(kept, String((await lstat(folder)).ino)), lines.join(''));
}

/**
 * Puts a folder back to what a disk has of it: each folder's entries as they were when it was last synced, each file's content
 * at its last fsync. One that was never synced is empty.
 */
export async function cutPower(folder: string, kept: string): Promise<void> {
  const { ino } = await lstat(folder);
  await rm(folder, { recursive: true });
  await layOut(String(ino), folder, 0o700, kept);
}

async function layOut(inode: string, folder: string, mode: number, kept: string): Promise<void> {
  await mkdir(folder, { mode });
  const entries = await readFile(join(kept, inode), 'utf8').catch(() => '');
  for (const [, own = '', bits = '', name = ''] of entries.matchAll(/^(\d+) ([0-7]+) (.*)$/gm)) {
    const path = join(folder, name);
    const ownMode = Number.parseInt(bits, 8);
    if ((ownMode & constants.S_IFMT) === constants.S_IFDIR) await layOut(own, path, ownMode & 0o777, kept);
    if ((ownMode & constants.S_IFMT) === constants.S_IFREG) await writeFile(path, await readFile(join(kept, own)).catch(() => ''), { mode: ownMode & 0o777 });
  }
}
