import { StationFault } from '../../drivers/contracts/fault.ts';
import { readBounded } from './bounded-file.ts';

/** Reads a site's JSON file of at most `maxBytes` bytes. Throws `CFG-INVALID` naming the file when it cannot be read, is larger, or is not JSON. */
export async function readJsonSetting(file: string, maxBytes: number): Promise<unknown> {
  const read = await readBounded(file, maxBytes);
  if (read.kind === 'refused') throw invalidSetting(file, read.note);
  try {
    return JSON.parse(Buffer.from(read.bytes).toString('utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw invalidSetting(file, 'not JSON');
  }
}

/** What is wrong with a file or folder of the site's settings. */
export function invalidSetting(file: string, note: string): StationFault {
  return new StationFault('CFG-INVALID', { field: file, note });
}
