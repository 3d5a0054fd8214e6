import { perform, type CommandRegistration, type CommandResult } from './command.ts';
import { withJournalOptions, type JournalOptions } from './journal-options.ts';

interface Options extends JournalOptions {
  readonly answer?: string;
  readonly by?: string;
}

/** `kortverk orders release [ORDER]`: the questions that held orders wait with; with an answer, the end of a hold. */
export const registerOrdersRelease: CommandRegistration = (orders) => {
  withJournalOptions(orders.command('release'))
    .description('List the questions of held orders, or answer one: the order then goes on by itself')
    .argument('[order]', 'the held order')
    .option('--answer <answer>', 'where the card was found: one of the answers that the question allows')
    .option('--by <name>', 'who looked')
    .action(async (order: string | undefined, options: Options) => perform(options, () => release(order, options)));
};

async function release(order: string | undefined, options: Options): Promise<CommandResult> {
  const { systemClock } = await import('../../drivers/contracts/clock.ts');
  const { StationFault } = await import('../../drivers/contracts/fault.ts');
  const { openSqliteJournal } = await import('../../queue/journal/sqlite-journal.ts');
  const { answerHold, openHolds } = await import('../produce/answer-hold.ts');
  const { holdTexts } = await import('../produce/hold-question.ts');
  using journal = openSqliteJournal({ path: options.journal, clock: systemClock });
  if (order !== undefined && (options.answer === undefined || options.by === undefined)) throw new StationFault('CLI-USAGE', { note: 'an answer needs --answer and --by' });
  if (order !== undefined) answerHold(journal, order, options.answer ?? '', options.by ?? '');
  const holds = openHolds(journal);
  const lines = holds.flatMap(({ orderId, attempt, uid, question, answers }) => [
    `${orderId} attempt ${attempt}, card ${uid ?? 'not yet identified'}`,
    `  ${holdTexts[question].en}`,
    `  ${holdTexts[question].sv}`,
    `  kortverk orders release ${orderId} --answer ${answers.join('|')} --by NAME`,
  ]);
  return { exitCode: 0, json: holds, lines: lines.length === 0 ? ['No order is held.'] : lines };
}
