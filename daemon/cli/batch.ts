import type { BatchReport } from '../station/batch-report.ts';
import type { ExpectedOutcomes } from '../station/expected-outcomes.ts';
import { findingJson } from './check.ts';
import { perform, type CommandRegistration, type CommandResult } from './command.ts';
import { endingSignals } from './ending-signals.ts';
import { readProtocol } from './read-protocol.ts';

interface BatchOptions {
  readonly simulate?: boolean;
  readonly config?: string;
  readonly dir: string;
  readonly expect?: string;
  readonly timeFactor: string;
  readonly protocol?: string;
  readonly json?: boolean;
}

/** `kortverk batch PATH...`: takes orders from files or folders and produces them to the end. */
export const registerBatch: CommandRegistration = (program) => {
  program
    .command('batch')
    .description('Produce the orders of files and folders to the end')
    .argument('<path...>', 'orders: JSON, NDJSON, CSV, or folders of them with pictures beside')
    .option('--simulate', 'on a simulated station, started when it does not run yet')
    .option('--config <file>', 'configuration of the station')
    .option('--dir <folder>', 'where the station keeps its data and results', 'var')
    .option('--expect <file>', 'expected outcomes of every order: exit 0 when all are as expected, also refusals')
    .option('--protocol <name>', 'what the printer of a simulated machine speaks, when it is started: evolis, espf or magicard')
    .option('--time-factor <factor>', 'speed of a simulated machine: 1 as real, 0 at once', '0.1')
    .option('--json', 'print the report as JSON')
    .action(async (paths: readonly string[], options: BatchOptions) => perform(options, () => batch(paths, options)));
};

async function batch(paths: readonly string[], options: BatchOptions): Promise<CommandResult> {
  const { StationFault } = await import('../../drivers/contracts/fault.ts');
  const timeFactor = Number(options.timeFactor);
  if (!(timeFactor >= 0 && timeFactor <= 10)) throw new StationFault('CLI-USAGE', { note: '--time-factor is a number from 0 to 10' });
  const printerProtocol = readProtocol(options.protocol);
  const { readExpectedOutcomes } = await import('../station/expected-outcomes.ts');
  const expected = options.expect === undefined ? null : await readExpectedOutcomes(options.expect);
  const { runBatchCommand } = await import('../compose-batch.ts');
  const { openBatchScreen } = await import('./batch-progress.ts');
  using screen = openBatchScreen(options.json === true);
  const { drain, end } = endingSignals();
  const report = await runBatchCommand(
    {
      paths,
      dir: options.dir,
      simulate: options.simulate === true,
      configFile: options.config ?? null,
      timeFactor,
      printerProtocol,
      say: (line) => screen.line(line),
      progress: (progress) => screen.progress(progress),
      onTrouble: (where, error) => process.stderr.write(`${where}: ${error instanceof Error ? error.message : String(error)}\n`),
    },
    drain,
    end,
  );
  return await resultOf(report, expected);
}

async function resultOf(report: BatchReport, expected: ExpectedOutcomes | null): Promise<CommandResult> {
  const { summaryLines } = await import('../station/batch-report.ts');
  const lines = [...summaryLines(report)];
  const json = { ...report, refused: report.refused.map(({ findings, ...order }) => ({ ...order, findings: findings.map(findingJson) })) };
  if (expected === null) {
    const allGood = report.pausedFor === null && report.refused.length === 0 && report.lines.every(({ outcome }) => outcome === 'produced' || outcome === 'already produced');
    return { exitCode: allGood ? 0 : 1, json, lines };
  }
  const { differences } = await import('../station/expected-outcomes.ts');
  const different = differences(expected, report);
  lines.push(...(different.length === 0 ? ['Every order ended as expected.'] : different.map((line) => `Not as expected: ${line}`)));
  lines.push('Next: npx kortverk journal show, npx kortverk journal verify, npx kortverk doctor');
  return { exitCode: different.length === 0 ? 0 : 1, json: { ...json, different }, lines };
}
