import { type Command } from 'commander';
import { asStationFault, faultSentence, type FaultCode, type StationFault } from '../../drivers/contracts/fault.ts';

/** How a command ended: 0 it did what it says, 1 the work failed, 2 bad usage or configuration (design section 6). */
export type ExitCode = 0 | 1 | 2;

/** What a command gives back: the exit code, the value for `--json`, and the lines for a person. */
export interface CommandResult {
  readonly exitCode: ExitCode;
  readonly json: unknown;
  readonly lines: readonly string[];
}

/** One file a command: it adds itself to the program and loads its room by dynamic import when it runs. */
export type CommandRegistration = (program: Command) => void;

const usageCodes: ReadonlySet<FaultCode> = new Set<FaultCode>(['CLI-USAGE', 'CFG-INVALID', 'CFG-MISSING-PROGRAM']);

/** Runs a command's work and turns result or fault into output and exit code. Faults go to stderr as `CODE: sentence`. */
export async function perform(options: { readonly json?: boolean }, work: () => Promise<CommandResult>): Promise<void> {
  try {
    const result = await work();
    if (options.json === true) process.stdout.write(`${JSON.stringify(result.json, null, 2)}\n`);
    else for (const line of result.lines) process.stdout.write(`${line}\n`);
    process.exitCode = result.exitCode;
  } catch (error) {
    const fault = asStationFault(error);
    writeFault(fault, options.json === true);
    process.exitCode = usageCodes.has(fault.code) ? 2 : 1;
  }
}

function writeFault(fault: StationFault, json: boolean): void {
  const { code, detail } = fault;
  if (json) process.stdout.write(`${JSON.stringify({ code, sv: faultSentence(code, 'sv', detail), en: faultSentence(code, 'en', detail), detail }, null, 2)}\n`);
  process.stderr.write(`${fault.message}\n`);
  process.stderr.write(`${code}: ${faultSentence(code, 'sv', detail)}\n`);
  if (code === 'STA-BUG' && fault.cause instanceof Error) process.stderr.write(`${fault.cause.stack ?? ''}\n`);
}
