import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { StationFault } from '../../drivers/contracts/fault.ts';

/** Makes a folder of the station's own where it is missing. Throws `CFG-INVALID` when nothing can be written there. */
export async function makeOwnFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new StationFault('CFG-INVALID', { field: folder, note: `the folder cannot be written: ${String(error.code)}` }, error);
  }
}
