import type { JournalRecord } from '../../queue/journal/journal-entry.ts';
import type { CommandRegistration } from './command.ts';
import { perform, type CommandResult } from './command.ts';
import { journalPath, sourceLines, withJournalOptions, type JournalOptions } from './journal-options.ts';

/** `kortverk journal show [ORDER]`: the account of one order, or a line for each attempt. */
export const registerJournalShow: CommandRegistration = (journal) => {
  withJournalOptions(journal.command('show').description('The account of an order, or a line for each attempt').argument('[order]', 'order id'))
    .action(async (order: string | undefined, options: JournalOptions) => perform(options, async () => (order === undefined ? showAll(options) : showOrder(order, options))));
};

async function showOrder(order: string, options: JournalOptions): Promise<CommandResult> {
  const { openJournalReader } = await import('../../queue/journal/journal-reader.ts');
  const { attemptLines } = await import('./journal-table.ts');
  using reader = openJournalReader(journalPath(options));
  const records = [...reader.records(order)];
  const json = { source: reader.source, orderId: order, records };
  if (records.length === 0) return { exitCode: 1, json, lines: [`the journal has no record of order ${order}`] };
  return { exitCode: 0, json, lines: [...attemptLines(records), ...sourceLines(reader.source)] };
}

async function showAll(options: JournalOptions): Promise<CommandResult> {
  const { openJournalReader } = await import('../../queue/journal/journal-reader.ts');
  const { endOf } = await import('./journal-table.ts');
  using reader = openJournalReader(journalPath(options));
  const attempts = new Map<string, JournalRecord[]>();
  for (const record of reader.records()) {
    const key = `${record.orderId} ${record.attempt}`;
    const known = attempts.get(key);
    if (known === undefined) attempts.set(key, [record]);
    else known.push(record);
  }
  const rows = [...attempts.values()].map((records) => summaryOf(records, endOf(records)));
  const lines = rows.map((row) => `${row.orderId.padEnd(24)}  attempt ${row.attempt}  ${row.cardNumber.padEnd(14)}  ${row.uid.padEnd(14)}  ${row.end}`);
  return { exitCode: 0, json: { source: reader.source, attempts: rows }, lines: [...lines, `${rows.length} attempts`, ...sourceLines(reader.source)] };
}

function summaryOf(records: readonly JournalRecord[], end: string): { readonly orderId: string; readonly attempt: number; readonly cardNumber: string; readonly uid: string; readonly end: string } {
  const entries = records.map((record) => record.entry);
  const planned = entries.findLast((entry) => entry.kind === 'planned');
  const identified = entries.findLast((entry) => entry.kind === 'identified');
  return {
    orderId: records[0]?.orderId ?? '',
    attempt: records[0]?.attempt ?? 0,
    cardNumber: planned?.kind === 'planned' ? planned.cardNumber : '-',
    uid: identified?.kind === 'identified' ? identified.uid : '-',
    end,
  };
}
