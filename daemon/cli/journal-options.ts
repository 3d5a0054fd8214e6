import { type Command } from 'commander';

/** Options that every `journal` command takes. */
export interface JournalOptions {
  readonly journal: string;
  readonly json?: boolean;
}

/** Where a station keeps its journal unless told otherwise. */
const defaultJournalPath = 'var/station/journal.sqlite';

/** Adds them to a command. */
export function withJournalOptions(command: Command): Command {
  return command.option('--journal <path>', 'the journal file', defaultJournalPath).option('--json', 'print the result as JSON');
}

/** The line that says that a copy was read; empty when the journal itself was. */
export function sourceLines(source: 'journal' | 'copy'): readonly string[] {
  return source === 'copy' ? ['(a daemon holds the journal: this is its text copy, whose last lines may not be on the disk yet)'] : [];
}
