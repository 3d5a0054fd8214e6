import { join } from 'node:path';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { openSqliteJournal } from '../../queue/journal/sqlite-journal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { journalContract } from './journal-contract.ts';

journalContract('The journal in SQLite', async () => {
  const folder = await temporaryFolder('journal');
  const path = join(folder.path, 'journal.sqlite');
  return { open: () => openSqliteJournal({ path, clock: systemClock }), [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
});
