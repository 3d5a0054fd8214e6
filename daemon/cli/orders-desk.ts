import { resolve } from 'node:path';
import type { OrderSummary } from '../../queue/store/order-store.ts';
import type { OrderView, SubmitAnswer } from '../station/station-desk.ts';
import { findingJson, findingLine } from './check.ts';
import { perform, type CommandRegistration, type CommandResult } from './command.ts';
import { askStation, timeText, withDeskOptions, type DeskOptions } from './desk-options.ts';

/** `kortverk orders submit|list|show|withdraw|advance`: what is asked of the daemon, or of the files when none runs. */
export const registerOrdersDesk: CommandRegistration = (orders) => {
  withDeskOptions(orders.command('submit').description('Check orders and put them into the queue').argument('<path...>', 'order files or folders'))
    .action(async (paths: readonly string[], options: DeskOptions) => perform(options, async () => submitted(await askStation(options, (desk) => desk.submitOrders({ paths: paths.map((path) => resolve(path)) })))));

  withDeskOptions(orders.command('list').description('Orders of the station, the most urgent first')).option('--state <state...>', 'only these states: QUEUED, HELD, …').option('--limit <number>', 'at most so many')
    .action(async (options: DeskOptions & { readonly state?: readonly string[]; readonly limit?: string }) => perform(options, async () => {
      const limit = options.limit === undefined ? undefined : Number(options.limit);
      return listed(await askStation(options, (desk) => desk.listOrders({ states: options.state, limit })));
    }));

  withDeskOptions(orders.command('show').description('One order: state, numbers, blanks and its account').argument('<order>'))
    .action(async (orderId: string, options: DeskOptions) => perform(options, async () => shown(await askStation(options, (desk) => desk.showOrder({ orderId })))));

  withDeskOptions(orders.command('withdraw').description('Take an order back; a card in the machine is scrapped and its number retired').argument('<order>')).requiredOption('--by <name>', 'who takes it back')
    .action(async (orderId: string, options: DeskOptions & { readonly by: string }) => perform(options, async () => {
      const answer = await askStation(options, (desk) => desk.withdrawOrder({ orderId, by: options.by }));
      return { exitCode: 0, json: answer, lines: [`${answer.orderId}  ${answer.state}`] };
    }));

  withDeskOptions(orders.command('advance').description('pack, ship, offer-pickup or close produced orders; requeue held ones').argument('<event>').argument('<order...>'))
    .action(async (event: 'ship', orderIds: readonly string[], options: DeskOptions) => perform(options, async () => {
      const moved = await askStation(options, (desk) => desk.advanceOrders({ orderIds, event }));
      return { exitCode: 0, json: moved, lines: moved.map(({ orderId, state }) => `${orderId}  ${state}`) };
    }));
};

function submitted({ accepted, refused }: SubmitAnswer): CommandResult {
  const lines = [
    ...accepted.map(({ orderId, answer, state }) => `${orderId}  ${answer}  ${state}`),
    ...refused.flatMap(({ orderId, file, findings }) => findings.map((finding) => `${orderId ?? file}  refused  ${findingLine(finding)}`)),
  ];
  const allIn = refused.length === 0 && accepted.every(({ answer }) => answer !== 'conflict');
  return { exitCode: allIn ? 0 : 1, json: { accepted, refused: refused.map(({ findings, ...rest }) => ({ ...rest, findings: findings.map(findingJson) })) }, lines };
}

function listed(orders: readonly OrderSummary[]): CommandResult {
  const lines = orders.map(({ orderId, state, express, dueAt, reasons }) => `${orderId.padEnd(24)}  ${state.padEnd(16)}  ${express ? 'express ' : 'standard'}  due ${timeText(dueAt)}  ${reasons.join(' ')}`.trimEnd());
  return { exitCode: 0, json: orders, lines: lines.length === 0 ? ['No order.'] : lines };
}

function shown(view: OrderView): CommandResult {
  const { summary, batchId, cardNumbers, blanks, records } = view;
  const lines = [
    `${summary.orderId}  ${summary.state}  ${summary.express ? 'express' : 'standard'}  due ${timeText(summary.dueAt)}  batch ${batchId ?? '-'}  ${summary.reasons.join(' ')}`.trimEnd(),
    ...cardNumbers.map(({ cardNumber, attempt, state }) => `  number ${cardNumber}  attempt ${attempt}  ${state}`),
    ...blanks.map(({ attempt, uid, lot, fate, batchId: counted }) => `  blank of attempt ${attempt}  ${uid ?? 'UID not known'}  lot ${lot}  ${fate}  counted in ${counted}`),
    ...records.map(({ seq, at, attempt, entry }) => `  ${String(seq).padStart(6)}  ${timeText(at)}  attempt ${attempt}  ${entry.kind}`),
  ];
  return { exitCode: 0, json: view, lines };
}
