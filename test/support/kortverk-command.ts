import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../drivers/contracts/package-root.ts';

/** The built command line program. */
export const program = join(packageRoot(), 'dist', 'daemon', 'cli', 'kortverk.js');

/** How a command ended and what it wrote. */
export interface Ended {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `kortverk` in a process of its own, as its user does. Exit -1 stands for an end by a signal. */
export function kortverk(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { maxBuffer: 64 * 1024 * 1024 }, (error, out, err) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ exit: code, out, err });
    });
  });
}
