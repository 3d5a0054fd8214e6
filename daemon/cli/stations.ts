import { perform, type CommandRegistration, type CommandResult } from './command.ts';
import { withDeskOptions, type DeskOptions } from './desk-options.ts';

interface AnswerOptions extends DeskOptions {
  readonly order: readonly string[];
  readonly by: string;
}

/** `kortverk stations answer STATION`: a person answers for a station that is down. */
export const registerStations: CommandRegistration = (program) => {
  const stations = program.command('stations').description('The stations that share a queue');
  withDeskOptions(stations.command('answer').description('Answer for a station that is down, so that the others go on after a restart of the queue; what it began stays its own').argument('<station>'))
    .requiredOption('--by <name>', 'who answers')
    .option('--order <id...>', 'orders that it may have begun, where the queue lost its data', [])
    .action(async (station: string, options: AnswerOptions) => perform(options, () => answer(station, options)));
};

async function answer(station: string, { config, order, by }: AnswerOptions): Promise<CommandResult> {
  const { configFileOf } = await import('../compose-ask.ts');
  const { answerForDeadStation } = await import('../compose-stations.ts');
  await answerForDeadStation(configFileOf(config), station, order, by);
  return { exitCode: 0, json: { station, orders: order, by }, lines: [`Answered for ${station}: the others go on; ${order.length} named orders stay its own.`] };
}
