import { describe, expect, test } from 'vitest';
import { next } from '../../../../daemon/produce/next.ts';
import { restart } from '../../../../daemon/produce/restart.ts';
import { restartTable, type RestartRow } from '../../../../daemon/produce/restart-table.ts';
import type { JournalKind } from '../../../../queue/journal/journal-entry.ts';
import { exploreHistories, type Subject, type Tally } from './explore-histories.ts';
import { emptyWorld, microSteps, printers } from './model-world.ts';

const product: Subject = { next, steps: microSteps };

type Verdict = 'unsafe' | 'costs otherwise' | 'survives';

/** The printer that tells most, and the one that tells least. */
const extremes = [printers[0], printers.at(-1)].filter((counters) => counters !== undefined);
const sound = new Map<number, readonly Tally[]>();

function tallies(subject: Subject, most: number): readonly Tally[] {
  return extremes.map((counters) => exploreHistories(subject, counters, { most, faults: true }));
}

/** How the exploration tells a changed order machine from the product's: it breaks a promise, or it costs something else. */
function verdictOf(mutant: Subject, most: number): Verdict {
  const own = sound.get(most) ?? tallies(product, most);
  sound.set(most, own);
  const changed = tallies(mutant, most);
  if (changed.some(({ violations }) => violations.length > 0)) return 'unsafe';
  return changed.every(({ cost }, index) => JSON.stringify(cost) === JSON.stringify(own[index]?.cost)) ? 'survives' : 'costs otherwise';
}

function withTable(table: readonly RestartRow[]): Subject {
  return { ...product, next: (state, known, facts) => (known.kind === 'sure' ? next(state, known, facts) : restart(state, known, facts, table)) };
}

function nameOf({ last, inside, when, then }: RestartRow): string {
  return `${last.join(', ')} / ${inside} / ${when} / ${then}`;
}

/** Leaves out a record when it would be written: the mutant forgets to write it. */
function withoutRecord(kind: JournalKind): Subject {
  const nothing: JournalKind = 'reported';
  return {
    ...product,
    steps: (effect, attempt, counters) =>
      microSteps(effect, attempt, counters).map((step) => {
        if (!('write' in step) || step.write(emptyWorld).kind !== kind) return step;
        return { write: () => ({ kind: nothing, outcome: 'again' as const }) };
      }),
  };
}

describe('the exploration finds what is removed', () => {
  // A row that pauses may survive: where no row fits the station pauses too, and such a row only says so in the table.
  test('every row of the restart table, but for rows that say that the station pauses', { timeout: 180_000 }, () => {
    const survives = (removed: RestartRow, most: number): boolean => verdictOf(withTable(restartTable.filter((row) => row !== removed)), most) === 'survives';
    const survivors = restartTable.filter((row) => survives(row, 1)).filter((row) => !row.then.startsWith('pause') && survives(row, 2));
    // The row `another fault` of the same stage does the same; the first one stands there to be read before the others.
    expect(survivors.map(nameOf)).toEqual(['fed / yes / a fault that scraps the card / reject: for the fault']);
  });

  test.each(['planned', 'feed-intent', 'fed', 'identified', 'encode-intent', 'effect-intent', 'effect-done', 'encoded', 'print-intent', 'printed', 'crosschecked', 'eject-intent', 'ejected', 'held', 'settled'] as const)('the record %s', (kind) => {
    expect(verdictOf(withoutRecord(kind), 1)).not.toBe('survives');
  });
});
