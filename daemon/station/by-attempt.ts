import type { JournalRecord } from '../../queue/journal/journal-entry.ts';

/** Records by order and attempt, in their order. */
export function byAttempt(records: readonly JournalRecord[]): ReadonlyMap<string, readonly JournalRecord[]> {
  const attempts = new Map<string, JournalRecord[]>();
  for (const record of records) {
    const key = `${record.orderId}#${record.attempt}`;
    attempts.set(key, [...(attempts.get(key) ?? []), record]);
  }
  return attempts;
}
