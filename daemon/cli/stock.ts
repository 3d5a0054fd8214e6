import type { BatchView, LotView } from '../station/station-desk.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { perform, type CommandRegistration, type CommandResult } from './command.ts';
import { askStation, withDeskOptions, type DeskOptions } from './desk-options.ts';

interface RegisterOptions extends DeskOptions {
  readonly lot: string;
  readonly product: string;
  readonly count: string;
  readonly uids?: string;
  readonly by: string;
}

interface MoveOptions extends DeskOptions {
  readonly lot: string;
  readonly count: string;
  readonly batch?: string;
  readonly by: string;
}

interface CloseOptions extends DeskOptions {
  readonly by?: string;
  readonly reason?: string;
}

const moves = {
  issue: ['issued', 'Take blanks out of stock to the bench'],
  return: ['returned', 'Take blanks from the bench back into stock'],
  test: ['tested', 'Blanks at the bench were used up for test cards'],
  scrap: ['scrapped', 'Take blanks out of stock for good'],
} as const;

/** `kortverk stock …`: the blanks. */
export const registerStock: CommandRegistration = (program) => {
  const stock = program.command('stock').description('Blanks by lot and UID: register, issue, return, test, scrap, count, close');
  withDeskOptions(stock.command('register').description('Blanks came into stock'))
    .requiredOption('--lot <name>', 'lot').requiredOption('--product <text>', 'what they are').requiredOption('--count <number>', 'how many').requiredOption('--by <name>', 'who counted')
    .option('--uids <file>', 'file with their UIDs in hex, one a line')
    .action(async (options: RegisterOptions) => perform(options, () => register(options)));
  for (const [verb, [kind, description]] of Object.entries(moves)) {
    withDeskOptions(stock.command(verb).description(description))
      .requiredOption('--lot <name>', 'lot').requiredOption('--count <number>', 'how many').requiredOption('--by <name>', 'who did it').option('--batch <name>', 'for which batch')
      .action(async (options: MoveOptions) => perform(options, async () => lotsOf(await askStation(options, (desk) => desk.moveBlanks({ lot: options.lot, kind, count: Number(options.count), batchId: options.batch ?? null, by: options.by })))));
  }
  withDeskOptions(stock.command('list').description('Every lot: in stock, at the bench, used, rejected'))
    .action(async (options: DeskOptions) => perform(options, async () => lotsOf(await askStation(options, (desk) => desk.lots({})))));
  withDeskOptions(stock.command('count').description('The blanks of a batch: do the counts close?').argument('<batch>'))
    .action(async (batchId: string, options: DeskOptions) => perform(options, async () => countOf(await askStation(options, (desk) => desk.showBatch({ batchId })))));
  withDeskOptions(stock.command('close').description('Close a counted batch; where the counts do not close, a person signs the difference').argument('<batch>'))
    .option('--by <name>', 'who signs').option('--reason <text>', 'what became of the missing blanks')
    .action(async (batchId: string, options: CloseOptions) => perform(options, () => close(batchId, options)));
};

async function register(options: RegisterOptions): Promise<CommandResult> {
  const { readFile } = await import('node:fs/promises');
  const uids = options.uids === undefined ? [] : (await readFile(options.uids, 'utf8')).split(/\s+/).filter((uid) => uid !== '');
  const { lot, product, count, by } = options;
  return lotsOf(await askStation(options, (desk) => desk.registerLot({ lot, product, count: Number(count), uids, by })));
}

async function close(batchId: string, options: CloseOptions): Promise<CommandResult> {
  const { by, reason } = options;
  if ((by === undefined) !== (reason === undefined)) throw new StationFault('CLI-USAGE', { note: 'a signature needs --by and --reason' });
  const signature = by === undefined || reason === undefined ? null : { by, reason };
  return countOf(await askStation(options, (desk) => desk.closeBatch({ batchId, signature })));
}

function lotsOf(lots: readonly LotView[]): CommandResult {
  const lines = lots.map(({ lot, product, inStock, atBench, tally, uids }) => `${lot.padEnd(20)}  ${product}: ${inStock} in stock, ${atBench} at the bench, ${tally.good} good, ${tally.rejected} rejected, ${tally.moved.tested} tested, ${tally.moved.scrapped} scrapped, ${uids} UIDs known`);
  return { exitCode: 0, json: lots, lines: lines.length === 0 ? ['No lot is registered.'] : lines };
}

async function countOf(view: BatchView): Promise<CommandResult> {
  const { countLines } = await import('../station/batch-report.ts');
  return { exitCode: view.closes || view.state === 'CLOSED' ? 0 : 1, json: view, lines: [`${view.batchId}  ${view.state}`, ...countLines(view)] };
}
