import { perform, type CommandRegistration, type CommandResult } from './command.ts';
import { benchParts } from './doctor-bench.ts';
import { partChecks, type PartReport, type PartState } from './doctor-parts.ts';

interface DoctorOptions {
  readonly config?: string;
  readonly json?: boolean;
}

const widths = { state: 8, part: 26 };

/** `kortverk doctor`: what the station stands on, and the line to type where something is missing. */
export const registerDoctor: CommandRegistration = (program) => {
  program.command('doctor')
    .description('Tell whether this computer has everything that the station needs')
    .option('--config <file>', 'configuration of a station: its printer is asked what it can do and what it has left')
    .option('--json', 'print the findings as JSON')
    .action((options: DoctorOptions) => perform(options, () => examine(options)));
};

async function examine({ config }: DoctorOptions): Promise<CommandResult> {
  const computer = await Promise.all(partChecks.map((check) => check()));
  return verdictOf(config === undefined ? computer : [...computer, ...(await benchParts(config))]);
}

/** Exit code 1 when something needed is missing; the remedies stand once each at the end. */
export function verdictOf(parts: readonly PartReport[]): CommandResult {
  const missing = parts.filter(({ state }) => state === 'missing');
  const remedies = [...new Set(missing.flatMap(({ remedy }) => remedy ?? []))];
  const advice = missing.length === 0
    ? ['Everything that the station needs is there.']
    : [`${missing.length} of ${parts.length} parts are missing. Type:`, ...remedies.map((remedy) => `  ${remedy}`)];
  return { exitCode: missing.length === 0 ? 0 : 1, json: { ready: missing.length === 0, parts, remedies }, lines: [...parts.map(lineOf), '', ...advice] };
}

function lineOf({ state, part, detail }: PartReport): string {
  const shown: Readonly<Record<PartState, string>> = { ok: 'ok', missing: 'MISSING', limited: 'limited', note: 'note' };
  return `${shown[state].padEnd(widths.state)} ${part.padEnd(widths.part)} ${detail}`;
}
