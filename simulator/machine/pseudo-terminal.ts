import { execFile } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync, readdirSync, statSync } from 'node:fs';
import { rm, symlink } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { promisify } from 'node:util';
import * as terminals from '@lydell/node-pty';
import { StationFault } from '../../drivers/contracts/fault.ts';

/** One end of a serial line: `path` is what a program opens as its serial port, `stream` is the device's end. */
export interface PseudoTerminal extends AsyncDisposable {
  readonly path: string;
  readonly stream: Duplex;
}

/** The parts of the package that its types do not show. */
interface Terminals {
  open(options: { readonly encoding: null }): { readonly _pty: string; readonly master: Duplex; readonly slave: Duplex & { readonly _handle: { readonly fd: number } | null } };
}

/**
 * Opens a pseudo terminal in raw mode, with a link of a lasting name to it when one is wanted. Disposing unplugs it.
 * Throws `SIM-INVALID` when the link cannot be made.
 */
export async function openPseudoTerminal(link?: string): Promise<PseudoTerminal> {
  const terminal = (terminals as unknown as Terminals).open({ encoding: null });
  const path = terminal._pty;
  // Held open, so that a program may come and go: without any opener the device's end gives EIO.
  const held = otherDescriptorOf(path, terminal.slave._handle?.fd ?? -1) ?? openSync(path, constants.O_RDWR | constants.O_NOCTTY);
  // The package reads the program's end itself, which would take its bytes away.
  terminal.slave.destroy();
  await promisify(execFile)('stty', ['-F', path, 'raw', '-echo']);
  if (link !== undefined) {
    await rm(link, { force: true });
    await symlink(path, link).catch((error: unknown) => {
      throw new StationFault('SIM-INVALID', { field: `link ${link}` }, error);
    });
  }
  return {
    path: link ?? path,
    stream: terminal.master,
    async [Symbol.asyncDispose]() {
      if (link !== undefined) await rm(link, { force: true });
      closeSync(held);
      const closed = new Promise<void>((resolve) => { terminal.master.once('close', () => { resolve(); }); });
      if (terminal.master.destroyed) return;
      terminal.master.destroy();
      await closed;
    },
  };
}

/**
 * The descriptor of a terminal's program end beside the one its stream reads: libuv opens a terminal anew for a stream
 * (`uv_tty_init`), and the package leaves the descriptor that it gave to libuv open for ever. Null where none is left.
 */
function otherDescriptorOf(path: string, streamFd: number): number | null {
  const { rdev } = statSync(path);
  const isOther = (fd: number): boolean => {
    try {
      return fd !== streamFd && fstatSync(fd).rdev === rdev;
    } catch (error) {
      // The listing's own descriptor is closed by now.
      if (error instanceof Error && 'code' in error && error.code === 'EBADF') return false;
      throw error;
    }
  };
  return readdirSync('/dev/fd').map(Number).find(isOther) ?? null;
}
