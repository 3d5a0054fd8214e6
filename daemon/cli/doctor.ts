import { perform, type CommandRegistration, type CommandResult } from './command.ts';
import { partChecks, type PartReport, type PartState } from './doctor-parts.ts';

const widths = { state: 8, part: 26 };

/** `kortverk doctor`: what the station stands on, and the line to type where something is missing. */
export const registerDoctor: CommandRegistration = (program) => {
  program.command('doctor')
    .description('Tell whether this computer has everything that the station needs')
    .option('--json', 'print the findings as JSON')
    .action((options: { readonly json?: boolean }) => perform(options, examine));
};

async function examine(): Promise<CommandResult> {
  return verdictOf(await Promise.all(partChecks.map((check) => check())));
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
