import type { CommandRegistration } from './command.ts';
import { perform, type CommandResult } from './command.ts';
import { journalPath, withJournalOptions, type JournalOptions } from './journal-options.ts';

interface Options extends JournalOptions {
  readonly out: string;
}

/** `kortverk journal export --out FILE`: every record as one line of JSON, oldest first, for other programs. */
export const registerJournalExport: CommandRegistration = (journal) => {
  withJournalOptions(journal.command('export').description('Write every record as a line of JSON').requiredOption('--out <file>', 'the file to write; it must not exist'))
    .action(async (options: Options) => perform(options, async () => exportRecords(options)));
};

async function exportRecords(options: Options): Promise<CommandResult> {
  const { openJournalReader } = await import('../../queue/journal/journal-reader.ts');
  const { writeNewLines } = await import('./new-file.ts');
  using reader = openJournalReader(journalPath(options));
  const records = writeNewLines(options.out, reader.records(), (record) => JSON.stringify(record));
  return { exitCode: 0, json: { source: reader.source, records, out: options.out }, lines: [`${records} records written to ${options.out}`] };
}
