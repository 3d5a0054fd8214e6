import { accessSync, closeSync, constants, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * Files that must survive a power cut. A new or renamed file is on the disk when its content was synced and, after that,
 * the folder that names it (POSIX fsync). Synchronous, because nobody may be told of it before. All throw what
 * the file system throws.
 */

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** Replaces a file whole or not at all; when this returns, the new content is on the disk. */
export function replaceFile(path: string, content: string | Uint8Array, mode = PRIVATE_FILE): void {
  renameSync(writeDraft(path, content, mode), path);
  syncFolder(dirname(path));
}

/** Makes a file that must not be there yet, whole or not at all; when this returns, it is on the disk. Throws `EEXIST`. */
export function createFile(path: string, content: string | Uint8Array, mode = PRIVATE_FILE): void {
  const draft = writeDraft(path, content, mode);
  try {
    linkSync(draft, path);
  } finally {
    rmSync(draft);
  }
  syncFolder(dirname(path));
}

/** Makes a folder and what is missing above it; when this returns, they are on the disk, also when an earlier process made the folder and died. */
export function makeFolder(path: string, mode = PRIVATE_FOLDER): void {
  const first = mkdirSync(path, { recursive: true, mode });
  if (first === undefined && !mayRead(dirname(resolve(path)))) return;
  const highest = resolve(first ?? path);
  for (let made = resolve(path); ; made = dirname(made)) {
    syncFolder(dirname(made));
    if (made === highest || made === dirname(made)) return;
  }
}

/** A folder that this user cannot read is another's, and so is what stands in it. */
function mayRead(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** Makes durable which files a folder names: what was created, renamed or removed there. */
export function syncFolder(path: string): void {
  sync(path);
}

/** Makes durable everything below a folder that others wrote there. */
export function syncTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) syncTree(join(folder, entry.name));
    else if (entry.isFile()) sync(join(folder, entry.name));
  }
  syncFolder(folder);
}

/** A hidden file beside the one that is meant, under one name: what an interrupted writer left is written over. */
function writeDraft(path: string, content: string | Uint8Array, mode: number): string {
  const draft = join(dirname(path), `.${basename(path)}.draft`);
  if (existsSync(draft)) rmSync(draft);
  const file = openSync(draft, 'wx', mode);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return draft;
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
