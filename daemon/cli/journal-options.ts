import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command } from 'commander';

/** Options that every `journal` command takes. */
export interface JournalOptions {
  readonly dir: string;
  readonly journal?: string;
  readonly json?: boolean;
}

/** Adds them to a command. */
export function withJournalOptions(command: Command): Command {
  return command
    .option('--dir <folder>', 'where the station keeps its data: the folder of a simulated station, or the dataDir of a real one', 'var')
    .option('--journal <path>', 'this journal file instead')
    .option('--json', 'print the result as JSON');
}

/** The journal that is meant: the file named, else the one in the folder, where a real station has it beside its store and a simulated one under `station`. */
export function journalPath({ dir, journal }: JournalOptions): string {
  const ofRealStation = join(dir, 'journal.sqlite');
  return journal ?? (existsSync(ofRealStation) ? ofRealStation : join(dir, 'station', 'journal.sqlite'));
}

/** The line that says that a copy was read; empty when the journal itself was. */
export function sourceLines(source: 'journal' | 'copy'): readonly string[] {
  return source === 'copy' ? ['(a daemon holds the journal: this is its text copy, whose last lines may not be on the disk yet)'] : [];
}
