import { StationFault } from '../../drivers/contracts/fault.ts';
import type { OpenHold } from '../produce/answer-hold.ts';
import { perform, type CommandRegistration, type CommandResult } from './command.ts';
import { askStation, withDeskOptions, type DeskOptions } from './desk-options.ts';

interface Options extends DeskOptions {
  readonly journal?: string;
  readonly answer?: string;
  readonly by?: string;
}

/** `kortverk orders release [ORDER]`: the questions that held orders wait with; with an answer, the end of a hold. */
export const registerOrdersRelease: CommandRegistration = (orders) => {
  withDeskOptions(orders.command('release'))
    .description('List the questions of held orders, or answer one: the order then goes on by itself')
    .argument('[order]', 'the held order')
    .option('--answer <answer>', 'where the card was found: one of the answers that the question allows')
    .option('--by <name>', 'who looked')
    .option('--journal <path>', 'this journal file instead of the station of the configuration')
    .action(async (order: string | undefined, options: Options) => perform(options, async () => release(order, options)));
};

async function release(order: string | undefined, options: Options): Promise<CommandResult> {
  const { answer, by } = options;
  if (order !== undefined && (answer === undefined || by === undefined)) throw new StationFault('CLI-USAGE', { note: 'an answer needs --answer and --by' });
  const given = order === undefined ? null : { orderId: order, answer: answer ?? '', by: by ?? '' };
  const holds = options.journal === undefined ? await askStation(options, (desk) => (given === null ? desk.holds({}) : desk.answerHold(given))) : await inFile(options.journal, given);
  return await resultOf(holds);
}

async function inFile(path: string, given: { readonly orderId: string; readonly answer: string; readonly by: string } | null): Promise<readonly OpenHold[]> {
  const { systemClock } = await import('../../drivers/contracts/clock.ts');
  const { openSqliteJournal } = await import('../../queue/journal/sqlite-journal.ts');
  const { answerHold, openHolds } = await import('../produce/answer-hold.ts');
  using journal = openSqliteJournal({ path, clock: systemClock });
  if (given !== null) answerHold(journal, given.orderId, given.answer, given.by);
  return openHolds(journal);
}

async function resultOf(holds: readonly OpenHold[]): Promise<CommandResult> {
  const { holdTexts } = await import('../produce/hold-question.ts');
  const lines = holds.flatMap(({ orderId, attempt, uid, question, answers }) => [
    `${orderId} attempt ${attempt}, card ${uid ?? 'not yet identified'}`,
    `  ${holdTexts[question].en}`,
    `  ${holdTexts[question].sv}`,
    `  kortverk orders release ${orderId} --answer ${answers.join('|')} --by NAME`,
  ]);
  return { exitCode: 0, json: holds, lines: lines.length === 0 ? ['No order is held.'] : lines };
}
