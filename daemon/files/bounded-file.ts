import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { systemClock, type Clock } from '../../drivers/contracts/clock.ts';
import type { FaultCode } from '../../drivers/contracts/fault.ts';
import { answeredInTime } from './answered-in-time.ts';

/** The bytes of a file, or why they could not be had. */
export type FileReading =
  | { readonly kind: 'read'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly code: Extract<FaultCode, 'FIL-MISSING' | 'FIL-UNREADABLE' | 'FIL-TOO-LARGE'>; readonly note: string };

/**
 * Reads a plain file of at most `maxBytes`. A pipe or a device is refused and never waited for; a file that grows while
 * it is read is refused at the bound, and one that does not come within a minute is refused then.
 */
export async function readBounded(path: string, maxBytes: number, clock: Clock = systemClock): Promise<FileReading> {
  const answer = await answeredInTime(() => readWhole(path, maxBytes), clock);
  return answer.kind === 'answered' ? answer.value : { kind: 'refused', code: 'FIL-UNREADABLE', note: answer.note };
}

async function readWhole(path: string, maxBytes: number): Promise<FileReading> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return await readPlain(handle, maxBytes);
    } finally {
      await handle.close();
    }
  } catch (error) {
    return refusalOf(error);
  }
}

async function readPlain(handle: FileHandle, maxBytes: number): Promise<FileReading> {
  const stat = await handle.stat();
  if (!stat.isFile()) return { kind: 'refused', code: 'FIL-UNREADABLE', note: 'not a plain file' };
  if (stat.size > maxBytes) return tooLarge(maxBytes);
  const buffer = Buffer.alloc(stat.size + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  if (length > stat.size) return { kind: 'refused', code: 'FIL-UNREADABLE', note: 'the file changed while it was read' };
  return { kind: 'read', bytes: new Uint8Array(buffer.buffer, buffer.byteOffset, length) };
}

function tooLarge(maxBytes: number): FileReading {
  return { kind: 'refused', code: 'FIL-TOO-LARGE', note: `at most ${maxBytes} bytes` };
}

function refusalOf(error: unknown): FileReading {
  const reason = systemCode(error);
  const missing = reason === 'ENOENT' || reason === 'ENOTDIR';
  if (reason === null) throw error;
  return { kind: 'refused', code: missing ? 'FIL-MISSING' : 'FIL-UNREADABLE', note: reason };
}

/** `ENOENT` and the like of an error of the operating system; null for any other error. */
export function systemCode(error: unknown): string | null {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' && /^E[A-Z]+$/.test(code) ? code : null;
}
