import type { CommandRegistration, CommandResult } from './command.ts';
import { perform } from './command.ts';
import { journalPath, sourceLines, withJournalOptions, type JournalOptions } from './journal-options.ts';

/** `kortverk journal verify`: walks the whole chain; exits 1 and names the first record that does not verify. */
export const registerJournalVerify: CommandRegistration = (journal) => {
  withJournalOptions(journal.command('verify').description('Walk the whole chain; the view must equal the records'))
    .action(async (options: JournalOptions) => perform(options, async () => verify(options)));
};

async function verify(options: JournalOptions): Promise<CommandResult> {
  const { openJournalReader } = await import('../../queue/journal/journal-reader.ts');
  using reader = openJournalReader(journalPath(options));
  const report = reader.verify();
  const json = { source: reader.source, ...report };
  if (report.brokenAt !== null) {
    return { exitCode: 1, json, lines: [`BROKEN at record ${report.brokenAt}: ${report.reason ?? ''}`, `${report.records} records before it verify`, ...sourceLines(reader.source)] };
  }
  return { exitCode: 0, json, lines: [`${report.records} records verify`, `head ${report.head}`, ...sourceLines(reader.source)] };
}
