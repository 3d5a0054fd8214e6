import type { BatchView, LotView, ShiftView } from '../station/station-desk.ts';
import type { Command } from 'commander';
import type { ShiftLot } from '../../queue/stock/shift-account.ts';
import type { KnownBlank } from '../../queue/stock/stock-account.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { perform, type CommandRegistration, type CommandResult } from './command.ts';
import { askStation, timeText, withDeskOptions, type DeskOptions } from './desk-options.ts';

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
  readonly uid?: readonly string[];
  readonly by: string;
}

interface ShiftOptions extends DeskOptions {
  readonly counted: readonly string[];
  readonly by: string;
  readonly reason?: string;
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
      .requiredOption('--lot <name>', 'lot').requiredOption('--count <number>', 'how many').requiredOption('--by <name>', 'who did it').option('--batch <name>', 'for which batch').option('--uid <hex...>', 'which ones, where blanks were tested or scrapped')
      .action(async (options: MoveOptions) => perform(options, async () => lotsOf(await askStation(options, (desk) => desk.moveBlanks({ lot: options.lot, kind, count: Number(options.count), batchId: options.batch ?? null, by: options.by, uids: options.uid })))));
  }
  withDeskOptions(stock.command('list').description('Every lot: in stock, at the bench, used, rejected'))
    .action(async (options: DeskOptions) => perform(options, async () => lotsOf(await askStation(options, (desk) => desk.lots({})))));
  withDeskOptions(stock.command('count').description('The blanks of a batch: do the counts close?').argument('<batch>'))
    .action(async (batchId: string, options: DeskOptions) => perform(options, async () => countOf(await askStation(options, (desk) => desk.showBatch({ batchId })))));
  registerShift(stock);
  withDeskOptions(stock.command('close').description('Close a counted batch; where the counts do not close, a person signs the difference').argument('<batch>'))
    .option('--by <name>', 'who signs').option('--reason <text>', 'what became of the missing blanks')
    .action(async (batchId: string, options: CloseOptions) => perform(options, () => close(batchId, options)));
};

function registerShift(stock: Command): void {
  withDeskOptions(stock.command('blank').description('What became of one blank: its lot, its order, whether it was tested').argument('<uid>'))
    .action(async (uid: string, options: DeskOptions) => perform(options, async () => blankOf(await askStation(options, (desk) => desk.showBlank({ uid })))));
  withDeskOptions(stock.command('shift').description('The blanks of this shift so far, and the shifts that were closed'))
    .action(async (options: DeskOptions) => perform(options, async () => shiftOf(await askStation(options, (desk) => desk.shift({})))));
  withDeskOptions(stock.command('close-shift').description('Close the shift with the blanks counted at the bench; where they do not agree, with the reason'))
    .requiredOption('--by <name>', 'who counted')
    .option('--counted <lot=number...>', 'blanks at the bench, lot by lot', [])
    .option('--reason <text>', 'what became of the missing blanks')
    .action(async (options: ShiftOptions) => perform(options, () => closeShift(options)));
}

async function closeShift({ counted, by, reason, ...options }: ShiftOptions): Promise<CommandResult> {
  const lots = counted.map((text) => {
    const [, lot, count] = /^(.+)=(\d{1,7})$/.exec(text) ?? [];
    if (lot === undefined) throw new StationFault('CLI-USAGE', { field: 'counted', note: `${text} is not LOT=NUMBER` });
    return { lot, count: Number(count) };
  });
  const shift = await askStation(options, (desk) => desk.closeShift({ counted: lots, by, reason: reason ?? null }));
  return { exitCode: 0, json: shift, lines: [`Closed by ${shift.by}${shift.reason === null ? ': the counts close.' : `, with the reason: ${shift.reason}`}`, ...shift.lots.map(shiftLine)] };
}

function blankOf(blank: KnownBlank): CommandResult {
  const { uid, lot, used, taken } = blank;
  const what = taken ?? (used === null ? 'not used' : `${used.fate}, ${used.orderId} attempt ${used.attempt}`);
  return { exitCode: 0, json: blank, lines: [`${uid}  lot ${lot}  ${what}`] };
}

function shiftOf(view: ShiftView): CommandResult {
  const { running, closed } = view;
  const since = running.openedAt === 0 ? 'the beginning' : timeText(running.openedAt);
  return {
    exitCode: 0,
    json: view,
    lines: [
      `Since ${since}:`,
      ...(running.lots.length === 0 ? ['  no blanks at the bench'] : running.lots.map(shiftLine)),
      ...closed.map(({ closedAt, by, reason, lots }) => `${timeText(closedAt)}  closed by ${by}: ${lots.reduce((sum, lot) => sum + lot.good, 0)} good, ${lots.reduce((sum, lot) => sum + lot.rejected, 0)} rejected${reason === null ? '' : `, signed: ${reason}`}`),
    ],
  };
}

function shiftLine({ lot, before, issued, good, rejected, returned, tested, expected, counted, totals }: ShiftLot): string {
  const open = totals.inside + totals.held === 0 ? '' : `, ${totals.inside} inside, ${totals.held} held`;
  return `  ${lot}: ${before} before + ${issued} issued = ${good} good + ${rejected} rejected + ${returned} returned + ${tested} tested + ${expected} at the bench${counted === null ? '' : ` (${counted} counted)`}${open}`;
}

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
