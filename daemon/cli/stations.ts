import { StationFault } from '../../drivers/contracts/fault.ts';
import type { StationView } from '../compose-stations.ts';
import { perform, type CommandRegistration, type CommandResult } from './command.ts';
import { timeText, withDeskOptions, type DeskOptions } from './desk-options.ts';

interface AnswerOptions extends DeskOptions {
  readonly order: readonly string[];
  readonly by: string;
}

interface RetireOptions extends DeskOptions {
  readonly by: string;
}

interface SettleOptions extends DeskOptions {
  readonly order: string;
  readonly as: string;
}

const settlements = ['remake', 'finished', 'refused'] as const;

/** `kortverk stations …`: the stations that share a queue, and what a person does about one that is gone. */
export const registerStations: CommandRegistration = (program) => {
  const stations = program.command('stations').description('The stations that share a queue');
  withDeskOptions(stations.command('list').description('Every station of the site: when it was heard of, what it can do, what it has open'))
    .action(async (options: DeskOptions) => perform(options, () => list(options)));
  withDeskOptions(stations.command('answer').description('Answer for a station that is down, so that the others go on after a restart of the queue; what it began stays its own').argument('<station>'))
    .requiredOption('--by <name>', 'who answers')
    .option('--order <id...>', 'orders that it may have begun, where the queue lost its data', [])
    .action(async (station: string, options: AnswerOptions) => perform(options, () => answer(station, options)));
  withDeskOptions(stations.command('retire').description('Take a station that is down out of the site: nobody waits for it, and it makes nothing until it is enrolled anew').argument('<station>'))
    .requiredOption('--by <name>', 'who retires it')
    .action(async (station: string, options: RetireOptions) => perform(options, () => retire(station, options)));
  withDeskOptions(stations.command('settle').description('Settle an order that a retired station left open; look for its card first').argument('<station>'))
    .requiredOption('--order <id>', 'the order')
    .requiredOption('--as <how>', 'remake: no good card of it exists; finished: its good card was found; refused: no card shall be made')
    .action(async (station: string, options: SettleOptions) => perform(options, () => settle(station, options)));
  withDeskOptions(stations.command('enrol').description('Let a retired station work again').argument('<station>'))
    .action(async (station: string, options: DeskOptions) => perform(options, () => enrol(station, options)));
};

async function list({ config }: DeskOptions): Promise<CommandResult> {
  const { configFileOf } = await import('../compose-ask.ts');
  const { listStations } = await import('../compose-stations.ts');
  const views = await listStations(configFileOf(config));
  return { exitCode: 0, json: views, lines: views.flatMap(linesOf) };
}

async function answer(station: string, { config, order, by }: AnswerOptions): Promise<CommandResult> {
  const { configFileOf } = await import('../compose-ask.ts');
  const { answerForDeadStation } = await import('../compose-stations.ts');
  await answerForDeadStation(configFileOf(config), station, order, by);
  return { exitCode: 0, json: { station, orders: order, by }, lines: [`Answered for ${station}: the others go on; ${order.length} named orders stay its own.`] };
}

async function retire(station: string, { config, by }: RetireOptions): Promise<CommandResult> {
  const { configFileOf } = await import('../compose-ask.ts');
  const { retireDeadStation } = await import('../compose-stations.ts');
  return viewResult(await retireDeadStation(configFileOf(config), station, by));
}

async function settle(station: string, { config, order, as }: SettleOptions): Promise<CommandResult> {
  const how = settlements.find((word) => word === as);
  if (how === undefined) throw new StationFault('CLI-USAGE', { field: 'as', note: `--as is one of ${settlements.join(', ')}` });
  const { configFileOf } = await import('../compose-ask.ts');
  const { settleOpenOrder } = await import('../compose-stations.ts');
  return viewResult(await settleOpenOrder(configFileOf(config), order, station, how));
}

async function enrol(station: string, { config }: DeskOptions): Promise<CommandResult> {
  const { configFileOf } = await import('../compose-ask.ts');
  const { enrolRetiredStation } = await import('../compose-stations.ts');
  return viewResult(await enrolRetiredStation(configFileOf(config), station));
}

function viewResult(view: StationView): CommandResult {
  return { exitCode: 0, json: view, lines: linesOf(view) };
}

function linesOf({ station, heardAt, working, idle, retiredBy, abilities, open }: StationView): readonly string[] {
  const state = retiredBy !== null ? `retired by ${retiredBy}` : working ? (idle ? 'free' : 'making a card') : heardAt === null ? 'not heard of' : `not heard of since ${timeText(heardAt)}`;
  const next = retiredBy === null || open.length === 0 ? [] : [`  Next: look for these cards, then kortverk stations settle ${station} --order ID --as remake|finished|refused`];
  return [`${station}  ${state}`, ...(abilities.length === 0 ? [] : [`  can: ${abilities.join(', ')}`]), ...(open.length === 0 ? [] : [`  open: ${open.join(', ')}`]), ...next];
}
