import { join } from 'node:path';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { faultEntry, faultSentence } from '../../drivers/contracts/fault.ts';
import type { Finding } from '../../drivers/contracts/finding.ts';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import type { IntakeResult, OrderPlace } from '../intake/intake-result.ts';
import { perform, type CommandRegistration, type CommandResult } from './command.ts';

interface CheckOptions {
  readonly config?: string;
  readonly profiles?: string;
  readonly json?: boolean;
}

/** `kortverk check ORDER...`: every finding of every order, without a station. */
export const registerCheck: CommandRegistration = (program) => {
  program
    .command('check')
    .description('Judge orders by schema, pictures and every rule; exit 1 when one is refused')
    .argument('<order...>', 'order files (JSON, NDJSON, CSV) or folders of them with pictures beside')
    .option('--config <file>', 'configuration of the station whose site and profiles hold')
    .option('--profiles <dir>', 'folder of the profiles when no configuration is given', join(packageRoot(), 'samples', 'profiles'))
    .option('--json', 'print the result as JSON')
    .action(async (paths: readonly string[], options: CheckOptions) => perform(options, async () => check(paths, options)));
};

async function check(paths: readonly string[], options: CheckOptions): Promise<CommandResult> {
  const { checkOrderFiles } = await import('../compose-check.ts');
  const result = await checkOrderFiles({ paths, configFile: options.config ?? null, profilesDir: options.profiles ?? '', clock: systemClock });
  const { benchLines } = await import('./bench-lines.ts');
  const bench = result.bench === null ? {} : { bench: { ...result.bench, findings: result.bench.findings.map(findingJson) } };
  const cannot = (result.bench?.findings ?? []).some(({ code }) => faultEntry(code).next !== 'warn');
  const lines = [...asLines(result), ...(result.bench === null ? [] : benchLines(result.bench))];
  return { exitCode: result.refused.length > 0 || cannot ? 1 : 0, json: { ...asJson(result), ...bench }, lines };
}

/** One finding with everything that is told about it: field, file, sentences, what happens and whose move it is. */
export function findingJson({ code, field, file, detail, ...rest }: Finding): Readonly<Record<string, unknown>> {
  const { next, move } = faultEntry(code);
  return { code, field, file, sv: faultSentence(code, 'sv', detail), en: faultSentence(code, 'en', detail), note: detail?.note, next, move, ...rest };
}

/** One finding on one line: code, field, both sentences, and what was measured. */
export function findingLine({ code, field, detail }: Finding): string {
  const note = detail?.note === undefined ? '' : ` (${detail.note})`;
  return `${code} ${field ?? '-'}: ${faultSentence(code, 'sv', detail)} ${faultSentence(code, 'en', detail)}${note}`;
}

/** The file, and the line or element in it. */
export function placeText({ file, position }: OrderPlace): string {
  return position === null ? file : `${file}:${position}`;
}

function asJson({ accepted, refused, ignored }: IntakeResult): object {
  return {
    accepted: accepted.map(({ order, place, contentHash, warnings }) => ({ orderId: order.orderId, ...place, contentHash, findings: warnings.map(findingJson) })),
    refused: refused.map(({ orderId, place, findings }) => ({ orderId, ...place, findings: findings.map(findingJson) })),
    ignored,
  };
}

function asLines({ accepted, refused, ignored }: IntakeResult): readonly string[] {
  const indented = (findings: readonly Finding[]): readonly string[] => findings.map((finding) => `  ${findingLine(finding)}`);
  return [
    ...accepted.flatMap(({ order, place, warnings }) => [`${order.orderId} good ${placeText(place)}`, ...indented(warnings)]),
    ...refused.flatMap(({ orderId, place, findings }) => [`${orderId ?? '-'} refused ${placeText(place)}`, ...indented(findings)]),
    ...ignored.map((file) => `left alone: ${file}`),
    `${accepted.length} good, ${refused.length} refused`,
  ];
}
