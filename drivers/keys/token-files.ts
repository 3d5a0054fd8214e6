import { readFileSync } from 'node:fs';
import { syncTree } from '../contracts/durable-file.ts';
import { StationFault } from '../contracts/fault.ts';

/** The variable that tells SoftHSM where its configuration is. */
const CONFIGURATION = 'SOFTHSM2_CONF';

/** The folder of a SoftHSM token, from the configuration that an environment names (softhsm2.conf(5)); null for any other token. Throws `CFG-INVALID`. */
export function softwareTokenDir(environment: Readonly<Record<string, string | undefined>>): string | null {
  const file = environment[CONFIGURATION];
  if (file === undefined) return null;
  const dir = /^\s*directories\.tokendir\s*=\s*(\S.*?)\s*$/m.exec(readFileSync(file, 'utf8'))?.[1];
  if (dir === undefined) throw new StationFault('CFG-INVALID', { field: `keys.environment.${CONFIGURATION}`, note: 'it names no directories.tokendir' });
  return dir;
}

/**
 * Makes durable what a software token was told: SoftHSM leaves its files to the computer, and a power cut soon after would
 * take a new key with all that it sealed. Does nothing for a token of hardware. Throws what the file system throws.
 */
export function syncTokenFiles(): void {
  const dir = softwareTokenDir(process.env);
  if (dir !== null) syncTree(dir);
}
