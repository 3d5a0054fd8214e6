import { readdirSync, readlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openPseudoTerminal } from '../../../../simulator/machine/pseudo-terminal.ts';

/** Descriptors of this process that lead to a terminal of this name, also after it is gone. */
function descriptorsOf(path: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(path);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
      throw error;
    }
  }).length;
}

test('a pseudo terminal holds one descriptor of the program’s end while it stands, and none afterwards', async () => {
  const terminal = await openPseudoTerminal();
  await expect.poll(() => descriptorsOf(terminal.path)).toBe(1);
  await terminal[Symbol.asyncDispose]();
  await expect.poll(() => descriptorsOf(terminal.path)).toBe(0);
});
