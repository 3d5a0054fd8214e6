import type { JournalEntry, JournalRecord } from '../../queue/journal/journal-entry.ts';

/** One line a record, in columns: number, time, step, what it says. */
export function recordLines(records: readonly JournalRecord[]): readonly string[] {
  const rows = records.map((record) => [String(record.seq), new Date(record.at).toISOString(), record.entry.kind, entryText(record.entry)] as const);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(([seq, at, kind, said]) => `  ${seq.padStart(widths[0] ?? 0)}  ${at}  ${kind.padEnd(widths[2] ?? 0)}  ${said}`.trimEnd());
}

/** The account of an order: a heading for each attempt, then its records. */
export function attemptLines(records: readonly JournalRecord[]): readonly string[] {
  const attempts = [...new Set(records.map((record) => record.attempt))].map((attempt) => ({ attempt, of: records.filter((record) => record.attempt === attempt) }));
  return attempts.flatMap(({ attempt, of }) => [`attempt ${attempt} of order ${of[0]?.orderId ?? ''}, fence ${Math.max(...of.map((record) => record.fence))}: ${endOf(of)}`, ...recordLines(of)]);
}

/** How an attempt stands: its last outcome, the question it waits for, or that it is open. */
export function endOf(records: readonly JournalRecord[]): string {
  const last = records.findLast(({ entry }) => entry.kind === 'settled' || entry.kind === 'held' || entry.kind === 'answered')?.entry;
  if (last?.kind === 'settled') return last.reason === undefined ? last.outcome : `${last.outcome} (${last.reason})`;
  return last?.kind === 'held' ? `held, waits for an answer to: ${last.question}` : 'open';
}

/** What an entry says beside its kind: every value, objects as `name=value` pairs. */
function entryText(entry: JournalEntry): string {
  return Object.entries(entry)
    .filter(([name]) => name !== 'kind')
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(' ');
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(',');
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${Object.entries(value).map(([name, inner]) => `${name}=${String(inner)}`).join(' ')}}`;
}
