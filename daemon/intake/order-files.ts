import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Finding } from '../../drivers/contracts/finding.ts';
import { systemCode } from '../files/bounded-file.ts';
import type { IntakeLimits } from './intake-limits.ts';

/** How a file of orders is written, by the end of its name. */
export type OrderFileKind = 'json' | 'ndjson' | 'csv';

const kinds: Readonly<Record<string, OrderFileKind>> = { '.json': 'json', '.ndjson': 'ndjson', '.jsonl': 'ndjson', '.csv': 'csv' };
const pictures: ReadonlySet<string> = new Set(['.jpg', '.jpeg', '.png', '.heic', '.heif', '.gif', '.webp', '.svg', '.tif', '.tiff', '.bmp', '.pdf']);

export interface OrderFilePath {
  readonly path: string;
  readonly kind: OrderFileKind;
}

export interface FoundOrderFiles {
  readonly files: readonly OrderFilePath[];
  /** Paths that were named and cannot be taken, with the reason. */
  readonly refused: readonly { readonly file: string; readonly finding: Finding }[];
  /** Files of a folder that are neither orders nor pictures. */
  readonly ignored: readonly string[];
}

/**
 * The order files behind paths: a file as it is named, a folder with its subfolders in alphabetical order. Pictures
 * are left to the orders that name them; names that begin with a dot are not looked at; links to folders are not followed.
 */
export async function findOrderFiles(paths: readonly string[], limits: IntakeLimits): Promise<FoundOrderFiles> {
  const files: OrderFilePath[] = [];
  const refused: { file: string; finding: Finding }[] = [];
  const ignored: string[] = [];
  for (const path of paths) {
    try {
      if (!(await stat(path)).isDirectory()) {
        files.push({ path, kind: kinds[extname(path).toLowerCase()] ?? 'json' });
        continue;
      }
      const names = await walk(path, limits);
      const found = names.flatMap((name) => orderFile(name));
      files.push(...found);
      ignored.push(...names.filter((name) => orderFile(name).length === 0 && !pictures.has(extname(name).toLowerCase())));
      if (found.length === 0) refused.push({ file: path, finding: { code: 'ORD-MISSING', field: 'order', file: path, detail: { field: 'order', note: 'the folder holds no order file' } } });
    } catch (error) {
      refused.push({ file: path, finding: pathFinding(path, error) });
    }
  }
  return { files, refused, ignored };
}

function orderFile(path: string): readonly OrderFilePath[] {
  const kind = kinds[extname(path).toLowerCase()];
  return kind === undefined ? [] : [{ path, kind }];
}

async function walk(folder: string, limits: IntakeLimits): Promise<readonly string[]> {
  const found: string[] = [];
  const visit = async (path: string, depth: number): Promise<void> => {
    const entries = (await readdir(path, { withFileTypes: true })).filter(({ name }) => !name.startsWith('.'));
    for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
      const child = join(path, entry.name);
      if (!entry.isDirectory()) found.push(child);
      else if (depth < limits.folderDepth) await visit(child, depth + 1);
      else throw new FolderTooLarge(`${child} is deeper than ${limits.folderDepth} folders`);
      if (found.length > limits.folderEntries) throw new FolderTooLarge(`more than ${limits.folderEntries} files`);
    }
  };
  await visit(folder, 0);
  return found;
}

class FolderTooLarge extends Error {}

function pathFinding(path: string, error: unknown): Finding {
  const about = (code: Finding['code'], note: string): Finding => ({ code, field: 'order', file: path, detail: { field: path, note } });
  if (error instanceof FolderTooLarge) return about('FIL-TOO-LARGE', error.message);
  const reason = systemCode(error);
  if (reason === null) throw error;
  return about(reason === 'ENOENT' || reason === 'ENOTDIR' ? 'FIL-MISSING' : 'FIL-UNREADABLE', reason);
}
