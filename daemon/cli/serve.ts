import { StationFault } from '../../drivers/contracts/fault.ts';
import { perform, type CommandRegistration, type CommandResult } from './command.ts';
import { endingSignals } from './ending-signals.ts';
import { readProtocol } from './read-protocol.ts';

interface ServeOptions {
  readonly simulate?: boolean;
  readonly config?: string;
  readonly dir: string;
  readonly timeFactor: string;
  readonly settings?: string;
  readonly protocol?: string;
  readonly json?: boolean;
}

/** `kortverk serve`: the daemon. */
export const registerServe: CommandRegistration = (program) => {
  program
    .command('serve')
    .description('The daemon: makes cards from the queue and answers the other commands; SIGTERM finishes the card in the machine')
    .option('--simulate', 'on a simulated station, started when it does not run yet')
    .option('--config <file>', 'configuration of the station')
    .option('--dir <folder>', 'where a simulated station keeps its data', 'var')
    .option('--protocol <name>', 'what the printer of a simulated machine speaks, when it is started: evolis, espf or magicard')
    .option('--time-factor <factor>', 'speed of a simulated machine: 1 as real, 0 at once', '0.1')
    .option('--settings <file>', 'JSON with settings of the simulated station beyond its own: station, queue')
    .option('--json', 'print nothing but the end as JSON')
    .action(async (options: ServeOptions) => perform(options, () => run(options)));
};

async function run(options: ServeOptions): Promise<CommandResult> {
  const timeFactor = Number(options.timeFactor);
  if (!(timeFactor >= 0 && timeFactor <= 10)) throw new StationFault('CLI-USAGE', { note: '--time-factor is a number from 0 to 10' });
  const { serve } = await import('../compose-serve.ts');
  const { drain, end } = endingSignals();
  const say = (line: string): void => { if (options.json !== true) process.stdout.write(`${line}\n`); };
  const onTrouble = (where: string, error: unknown): void => { process.stderr.write(`${where}: ${error instanceof Error ? error.message : String(error)}\n`); };
  await serve({ simulate: options.simulate === true, configFile: options.config, dir: options.dir, timeFactor, printerProtocol: readProtocol(options.protocol), settingsFile: options.settings, say, onTrouble }, drain, end);
  return { exitCode: 0, json: { ended: true }, lines: ['Ended: the machine is empty, the rest waits in the queue.'] };
}
