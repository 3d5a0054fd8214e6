import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { colourTableSchema, type ColourTable } from './colour-table.ts';

const mostBytes = 4 * 1024 * 1024;

/** Reads a measured colour table. Throws `CFG-INVALID` for a file that is not there, too large, or no such table. */
export async function readColourTable(file: string): Promise<ColourTable> {
  const refuse = (note: string, cause?: unknown): StationFault => new StationFault('CFG-INVALID', { field: `colour table ${file}`, note }, cause);
  const text = await readFile(file, 'utf8').catch((error: unknown) => { throw refuse('cannot be read', error); });
  if (text.length > mostBytes) throw refuse('is larger than 4 MB');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw refuse('is not JSON', error);
  }
  const parsed = colourTableSchema.safeParse(json);
  if (!parsed.success) throw refuse(z.prettifyError(parsed.error).replaceAll(/\s+/g, ' ').slice(0, 400));
  return parsed.data;
}
