import { benchLines } from './bench-lines.ts';
import { findingJson, findingLine } from './check.ts';
import { perform, type CommandRegistration, type CommandResult } from './command.ts';

interface CheckOptions {
  readonly formOnly?: boolean;
  readonly json?: boolean;
}

/** `kortverk config …`: the configuration file of a station. */
export const registerConfig: CommandRegistration = (program) => {
  const config = program.command('config').description('The configuration file of a station');
  config
    .command('check')
    .description('Tell whether a station could start with this file; every finding with its setting')
    .argument('[file]', 'the configuration', 'kortverk.json')
    .option('--form-only', 'only the form: leave the files that it names and the printer alone')
    .option('--json', 'print the result as JSON')
    .action(async (file: string, options: CheckOptions) => perform(options, () => check(file, options)));
  config
    .command('schema')
    .description('Print the JSON Schema of the file')
    .option('--json', 'as it is anyway')
    .action(async (options: { readonly json?: boolean }) => perform(options, schema));
};

async function check(file: string, options: CheckOptions): Promise<CommandResult> {
  const { checkConfig } = await import('../compose-config-check.ts');
  const { config, findings, bench } = await checkConfig(file, options.formOnly === true);
  const verdict = findings.length === 0 ? [`${file}: station ${config.station.id}, ${config.bench.name}: as it should be.`] : findings.map(findingLine);
  const lines = [...verdict, ...(bench === null ? [] : benchLines({ ...bench, findings: [] }))];
  return { exitCode: findings.length === 0 ? 0 : 2, json: { file, station: config.station.id, findings: findings.map(findingJson), bench }, lines };
}

async function schema(): Promise<CommandResult> {
  const { configJsonSchema } = await import('../config/config-json-schema.ts');
  const json = configJsonSchema();
  return { exitCode: 0, json, lines: [JSON.stringify(json, null, 2)] };
}
