import type { BatchFilter, BatchView, StationDesk } from '../station/station-desk.ts';
import { perform, type CommandRegistration, type CommandResult } from './command.ts';
import { askStation, timeText, withDeskOptions, type DeskOptions } from './desk-options.ts';

interface CreateOptions extends DeskOptions {
  readonly id?: string;
  readonly order?: readonly string[];
  readonly express?: boolean;
  readonly dueBefore?: string;
  readonly company?: string;
  readonly postalCode?: string;
  readonly technology?: string;
  readonly limit?: string;
}

const events = {
  freeze: 'The list stands: no order comes or goes',
  start: 'Make the cards of a batch, in packing order; express orders may come between',
  pause: 'Stop after the card in the machine, until it is resumed',
  resume: 'Go on with a paused batch',
  stop: 'End a batch after the card in the machine; what is left may go into another one',
  cancel: 'Give a batch up before it is started',
} as const satisfies Partial<Record<Parameters<StationDesk['changeBatch']>[0]['event'], string>>;

/** `kortverk batches …`: orders put together for one run, in packing order. */
export const registerBatches: CommandRegistration = (program) => {
  const batches = program.command('batches').description('Batches: create, start, pause, resume, stop, cancel, count');
  withDeskOptions(batches.command('create').description('Put queued orders together that fit every filter; they come in packing order'))
    .option('--id <name>', 'name of the batch')
    .option('--order <id...>', 'only these orders')
    .option('--express', 'only express orders')
    .option('--due-before <time>', 'only what is due before (ISO 8601)')
    .option('--company <text>', "part of the company's name")
    .option('--postal-code <code>', 'delivered there')
    .option('--technology <profile>', 'technology profile, such as PIVC_MIFARE')
    .option('--limit <number>', 'at most so many')
    .action(async (options: CreateOptions) => perform(options, async () => viewOf(await askStation(options, (desk) => desk.createBatch({ batchId: options.id, filter: filterOf(options) })))));
  withDeskOptions(batches.command('list').description('All batches, the newest first'))
    .action(async (options: DeskOptions) => perform(options, async () => {
      const all = await askStation(options, (desk) => desk.listBatches({}));
      return { exitCode: 0, json: all, lines: all.map(({ batchId, state, orders, createdAt }) => `${batchId.padEnd(24)}  ${state.padEnd(9)}  ${orders} orders  ${timeText(createdAt)}`) };
    }));
  withDeskOptions(batches.command('show').description('One batch: its orders and the counts of its blanks').argument('<batch>'))
    .action(async (batchId: string, options: DeskOptions) => perform(options, async () => viewOf(await askStation(options, (desk) => desk.showBatch({ batchId })))));
  for (const [event, description] of Object.entries(events) as [keyof typeof events, string][]) {
    withDeskOptions(batches.command(event).description(description).argument('<batch>'))
      .action(async (batchId: string, options: DeskOptions) => perform(options, async () => viewOf(await askStation(options, (desk) => desk.changeBatch({ batchId, event })))));
  }
};

function filterOf(options: CreateOptions): BatchFilter {
  const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));
  return {
    orderIds: options.order,
    express: options.express,
    dueBefore: options.dueBefore === undefined ? undefined : Date.parse(options.dueBefore),
    company: options.company,
    postalCode: options.postalCode,
    technology: options.technology,
    limit: number(options.limit),
  };
}

async function viewOf(view: BatchView): Promise<CommandResult> {
  const { countLines } = await import('../station/batch-report.ts');
  return { exitCode: 0, json: view, lines: [`${view.batchId}  ${view.state}  ${view.orderIds.length} orders`, ...view.orderIds.map((orderId) => `  ${orderId}`), ...countLines(view)] };
}
