import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { systemClock, type Clock } from '../../drivers/contracts/clock.ts';
import type { Finding } from '../../drivers/contracts/finding.ts';
import { answeredInTime } from '../files/answered-in-time.ts';
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
 * A path whose file system does not answer within a minute is refused.
 */
export async function findOrderFiles(paths: readonly string[], limits: IntakeLimits, clock: Clock = systemClock): Promise<FoundOrderFiles> {
  const found: FoundOrderFiles[] = [];
  for (const path of paths) found.push(await findBehind(path, limits, clock));
  return { files: found.flatMap(({ files }) => files), refused: found.flatMap(({ refused }) => refused), ignored: found.flatMap(({ ignored }) => ignored) };
}

async function findBehind(path: string, limits: IntakeLimits, clock: Clock): Promise<FoundOrderFiles> {
  const refusedFor = (finding: Finding): FoundOrderFiles => ({ files: [], refused: [{ file: path, finding }], ignored: [] });
  try {
    const listing = await answeredInTime(async () => ((await stat(path)).isDirectory() ? await walk(path, limits) : null), clock);
    if (listing.kind === 'silent') return refusedFor(about(path, 'FIL-UNREADABLE', listing.note));
    const names = listing.value;
    if (names === null) return { files: [{ path, kind: kinds[extname(path).toLowerCase()] ?? 'json' }], refused: [], ignored: [] };
    const files = names.flatMap((name) => orderFile(name));
    if (files.length === 0) return { ...refusedFor({ code: 'ORD-MISSING', field: 'order', file: path, detail: { field: 'order', note: 'the folder holds no order file' } }), ignored: ignoredOf(names) };
    return { files, refused: [], ignored: ignoredOf(names) };
  } catch (error) {
    return refusedFor(pathFinding(path, error));
  }
}

function ignoredOf(names: readonly string[]): readonly string[] {
  return names.filter((name) => orderFile(name).length === 0 && !pictures.has(extname(name).toLowerCase()));
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
  if (error instanceof FolderTooLarge) return about(path, 'FIL-TOO-LARGE', error.message);
  const reason = systemCode(error);
  if (reason === null) throw error;
  return about(path, reason === 'ENOENT' || reason === 'ENOTDIR' ? 'FIL-MISSING' : 'FIL-UNREADABLE', reason);
}

function about(path: string, code: Finding['code'], note: string): Finding {
  return { code, field: 'order', file: path, detail: { field: path, note } };
}
