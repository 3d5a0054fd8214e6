import type { CommandRegistration } from './command.ts';
import { registerJournalExport } from './journal-export.ts';
import { registerJournalShow } from './journal-show.ts';
import { registerJournalVerify } from './journal-verify.ts';

/** One entry a command under `kortverk journal`. */
const commands: readonly CommandRegistration[] = [registerJournalShow, registerJournalVerify, registerJournalExport];

/** `kortverk journal`: the account of every attempt, read without the daemon. */
export const registerJournal: CommandRegistration = (program) => {
  const journal = program.command('journal').description("The station's account of every attempt; while a daemon holds the journal its text copy is read");
  for (const register of commands) register(journal);
};
