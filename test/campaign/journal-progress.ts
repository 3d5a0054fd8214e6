import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalKind } from '../../queue/journal/journal-entry.ts';
import type { Dice } from './fault-deck.ts';

const lookMs = 10;
/** So that a fault also falls between two records, in milliseconds. */
const mostExtraMs = 80;
/** Cards that do not move meanwhile get their next fault nevertheless, in milliseconds. */
const stillMs = 40_000;
const patienceMs = 90_000;

/** The records that a fault may be dealt at: every kind that a card passes, so that none is left out by its shortness. */
export const faultMoments: readonly JournalKind[] = [
  'claimed', 'planned', 'feed-intent', 'fed', 'identified', 'encode-intent', 'effect-intent', 'effect-done', 'encoded',
  'print-intent', 'printed', 'crosschecked', 'eject-intent', 'ejected', 'held', 'answered', 'settled', 'reported',
];

/** Follows the text copies of the stations' journals while they are written. */
export class JournalProgress {
  readonly #files: readonly string[];
  readonly #offsets: number[];
  readonly #last: (JournalKind | null)[];
  #records = 0;

  /** `files` are the text copies, in the order of the stations. */
  constructor(files: readonly string[]) {
    this.#files = files;
    this.#offsets = files.map(() => 0);
    this.#last = files.map(() => null);
    this.#look();
  }

  /**
   * Waits for the moment of the next fault: so many more records of all stations, then a moment that a throw of the dice
   * names: at once, or the next record of a kind, and a little more. Gives the station that wrote last, and what; null
   * when the signal fired.
   */
  async nextMoment(meanRecords: number, roll: Dice, signal: AbortSignal): Promise<{ readonly station: number; readonly last: JournalKind | null } | null> {
    const due = this.#records + roll(1, Math.max(1, 2 * meanRecords - 1));
    const kind = roll(0, 1) === 0 ? null : (faultMoments[roll(0, faultMoments.length - 1)] ?? null);
    const extraMs = roll(0, mostExtraMs);
    const deadline = performance.now() + patienceMs;
    let moved = performance.now();
    let station = roll(0, this.#files.length - 1);
    while (!signal.aborted) {
      const written = this.#look();
      if (written !== null) [station, moved] = [written, performance.now()];
      const isThere = this.#records >= due && (kind === null || (written !== null && this.#last[written] === kind));
      if (isThere || performance.now() - moved > stillMs || performance.now() > deadline) break;
      await sleep(lookMs);
    }
    await sleep(extraMs);
    return signal.aborted ? null : { station, last: this.#last[station] ?? null };
  }

  /** Reads what was added; the station that wrote, null when none did. */
  #look(): number | null {
    let written: number | null = null;
    this.#files.forEach((file, index) => {
      const text = added(file, this.#offsets[index] ?? 0);
      const whole = text.lastIndexOf('\n') + 1;
      if (whole === 0) return;
      this.#offsets[index] = (this.#offsets[index] ?? 0) + Buffer.byteLength(text.slice(0, whole));
      const lines = text.slice(0, whole - 1).split('\n');
      this.#records += lines.length;
      this.#last[index] = kindOf(lines.at(-1) ?? '') ?? this.#last[index] ?? null;
      written = index;
    });
    return written;
  }
}

function added(file: string, from: number): string {
  if (!existsSync(file)) return '';
  const fd = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(fd).size - from));
    readSync(fd, bytes, 0, bytes.length, from);
    return bytes.toString('utf8');
  } finally {
    closeSync(fd);
  }
}

function kindOf(line: string): JournalKind | null {
  return (/"kind":"([a-z-]+)"/.exec(line)?.[1] as JournalKind | undefined) ?? null;
}
