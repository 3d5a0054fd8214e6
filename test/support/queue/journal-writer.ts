import { systemClock } from '../../../drivers/contracts/clock.ts';
import { asStationFault } from '../../../drivers/contracts/fault.ts';
import { openSqliteJournal } from '../../../queue/journal/sqlite-journal.ts';
import { claimed } from './journal-entries.ts';

/**
 * Opens a journal and appends until it is killed; prints the number of each record after it was acknowledged. A fault
 * is printed as its code, then one more append is tried and its code printed too.
 */
const [path = ''] = process.argv.slice(2);

function codeOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return asStationFault(error).code;
  }
}

function write(): void {
  const journal = openSqliteJournal({ path, clock: systemClock });
  for (;;) {
    const seq = { value: 0 };
    const append = (): void => { seq.value = journal.append({ orderId: 'O', attempt: 1, fence: 1 }, claimed).seq; };
    const code = codeOf(append);
    process.stdout.write(`${code ?? seq.value}\n`);
    if (code === null) continue;
    process.stdout.write(`${codeOf(append) ?? 'no fault'}\n`);
    return;
  }
}

const opening = codeOf(write);
if (opening !== null) process.stdout.write(`${opening}\n`);
