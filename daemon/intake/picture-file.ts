import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import type { FaultCode } from '../../drivers/contracts/fault.ts';
import { readBounded, systemCode, type FileReading } from '../files/bounded-file.ts';

export type PictureFile = FileReading | { readonly kind: 'refused'; readonly code: Extract<FaultCode, 'FIL-OUTSIDE'>; readonly note: string };

/**
 * Reads a picture that an order file names. The path is relative to the order file's folder and must stay inside it,
 * also after links are followed. A backslash counts as a slash, since such files come from Windows.
 */
export async function readPictureFile(orderFile: string, named: string, maxBytes: number): Promise<PictureFile> {
  const path = named.replaceAll('\\', '/');
  const outside = (note: string): PictureFile => ({ kind: 'refused', code: 'FIL-OUTSIDE', note });
  if (path.includes('\0')) return outside('the path holds a zero byte');
  if (isAbsolute(path) || /^[A-Za-z]:/.test(path)) return outside('the path is not relative');
  const folder = resolve(dirname(orderFile));
  const wanted = resolve(folder, path);
  if (!isInside(folder, wanted)) return outside('the path leaves the folder');
  try {
    const [realFolder, real] = [await realpath(folder), await realpath(wanted)];
    if (!isInside(realFolder, real)) return outside('a link leaves the folder');
    return await readBounded(real, maxBytes);
  } catch (error) {
    const reason = systemCode(error);
    if (reason === null) throw error;
    return { kind: 'refused', code: reason === 'ENOENT' || reason === 'ENOTDIR' ? 'FIL-MISSING' : 'FIL-UNREADABLE', note: reason };
  }
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
