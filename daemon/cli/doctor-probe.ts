import { execFile } from 'node:child_process';

/** How a program ended that was only started to see whether it works. */
export type ProbeOutcome =
  | { readonly kind: 'ended'; readonly exitCode: number; readonly text: string }
  | { readonly kind: 'absent' | 'killed'; readonly text: string };

const probeTimeoutMs = 15_000;

/** Runs a program to its end and gives what it printed, standard output first. It is killed when it takes too long. */
export function runProgram(file: string, given: readonly string[], cwd?: string): Promise<ProbeOutcome> {
  return new Promise((resolve) => {
    execFile(file, given, { cwd, timeout: probeTimeoutMs, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      const text = `${stdout}${stderr}`.trim();
      if (error === null) resolve({ kind: 'ended', exitCode: 0, text });
      else if (error.code === 'ENOENT' || error.code === 'EACCES') resolve({ kind: 'absent', text: error.message });
      else if (typeof error.code === 'number') resolve({ kind: 'ended', exitCode: error.code, text });
      else resolve({ kind: 'killed', text: text === '' ? `ended by ${error.signal ?? 'a signal'}` : text });
    });
  });
}
