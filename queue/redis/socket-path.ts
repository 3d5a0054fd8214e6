import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { StationFault } from '../../drivers/contracts/fault.ts';

/** Longest path that fits a unix socket address with its end mark (`sun_path` of unix(7): 108 bytes). */
const longestSocketPath = 107;

/**
 * Where the socket of a data folder lies: inside the folder, or, when that path is too long for a socket, in a private
 * folder of the user's run directory that is named after it. Throws `QUE-UNAVAILABLE` when that folder is another user's.
 */
export function socketPathFor(dir: string, runDir: string = process.env['XDG_RUNTIME_DIR'] ?? tmpdir(), name = 'redis.sock'): string {
  const inside = join(resolve(dir), name);
  if (Buffer.byteLength(inside) <= longestSocketPath) return inside;
  const private_ = join(runDir, `kortverk-${createHash('sha256').update(inside).digest('hex').slice(0, 16)}`);
  mkdirSync(private_, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(private_);
  if (uid !== process.getuid?.() || (mode & 0o077) !== 0) throw new StationFault('QUE-UNAVAILABLE', { note: `${private_} is not private to this user` });
  return join(private_, name);
}

/** Removes the private folder of a socket that lies outside its data folder, when nothing is in it any more. */
export function leaveSocketPath(dir: string, socketPath: string): void {
  const folder = dirname(socketPath);
  if (folder !== resolve(dir) && existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}
