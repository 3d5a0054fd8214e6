import { StationFault } from '../../drivers/contracts/fault.ts';
import { perform, type CommandRegistration, type CommandResult } from './command.ts';

interface Options {
  readonly config?: string;
  readonly measure?: string;
  readonly printer?: string;
  readonly ribbon?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** `kortverk calibrate printer`: the technician's measurements of a printer. */
export const registerCalibrate: CommandRegistration = (program) => {
  program
    .command('calibrate')
    .description("The technician's measurements of the bench")
    .command('printer')
    .description('Print the colour chart on a blank of the bench (--config), or make a colour table of a picture of it (--measure)')
    .option('--config <file>', "the station's configuration; its daemon must not run")
    .option('--measure <picture>', 'a scan of the printed chart, upright and cut to the card')
    .option('--printer <text>', 'which printer made it, for people')
    .option('--ribbon <text>', 'with which ribbon')
    .option('--out <file>', 'where the table is written; must not exist')
    .option('--json', 'print the result as JSON')
    .action(async (options: Options) => perform(options, async () => calibratePrinter(options)));
};

async function calibratePrinter(options: Options): Promise<CommandResult> {
  const { config, measure, printer, ribbon, out } = options;
  if (config !== undefined && measure === undefined) return printChart(config);
  if (config !== undefined || measure === undefined || printer === undefined || ribbon === undefined || out === undefined) {
    throw new StationFault('CLI-USAGE', { note: 'either --config, or --measure with --printer, --ribbon and --out' });
  }
  const { measureColourChart } = await import('../compose-calibrate.ts');
  const { systemClock } = await import('../../drivers/contracts/clock.ts');
  const table = await measureColourChart(measure, { printer, ribbon }, out, systemClock);
  const [card = [0, 0, 0]] = table.colours;
  return { exitCode: 0, json: { out, patches: table.colours.length, card }, lines: [`${table.colours.length} patches measured, bare card ${card.join(' ')}: ${out}`] };
}

async function printChart(config: string): Promise<CommandResult> {
  const { printColourChart } = await import('../compose-calibrate.ts');
  const { systemClock } = await import('../../drivers/contracts/clock.ts');
  const { endingSignals } = await import('./ending-signals.ts');
  const { model, serial } = await printColourChart(config, systemClock, endingSignals().end);
  return { exitCode: 0, json: { model, serial }, lines: [`chart printed by ${model}, serial ${serial}: count the blank as tested (kortverk stock test), scan the card, then --measure`] };
}
