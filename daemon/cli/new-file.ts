import { closeSync, openSync, writeSync } from 'node:fs';
import { StationFault } from '../../drivers/contracts/fault.ts';

/** Writes one line for each value into a file that must not exist yet. Gives their number. Throws `CLI-USAGE` when it does. */
export function writeNewLines<T>(path: string, values: Iterable<T>, toLine: (value: T) => string): number {
  const fd = openNew(path);
  try {
    let count = 0;
    for (const value of values) {
      writeSync(fd, `${toLine(value)}\n`);
      count += 1;
    }
    return count;
  } finally {
    closeSync(fd);
  }
}

function openNew(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (error) {
    throw new StationFault('CLI-USAGE', { note: `${path} cannot be created: ${error instanceof Error ? error.message : String(error)}` }, error);
  }
}
