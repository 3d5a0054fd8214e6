import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPiece } from '../campaign/history-checker.ts';
import { ordersOf, runPiece } from '../campaign/run-piece.ts';
import { line } from './measure.ts';

const SITES = [['st1'], ['st1', 'st2'], ['st1', 'st2', 'st3']];
const ORDERS = 48;
const LONGEST_MS = 1_800_000;
/** Its number says that the stations work as daemons that share their orders. */
const SITE_PIECE = 1;

/**
 * Cards an hour of stations as whole processes on the real wires: Redis, pcscd, readers and machines of their own, which take
 * no time, so that what is measured is the computer. Starts of the stations are counted in. Throws when a card is not what it should be.
 */
export async function benchProcesses(say: (text: string) => void): Promise<void> {
  for (const stationIds of SITES) {
    const dir = await mkdtemp(join(tmpdir(), 'kv-bench-processes-'));
    try {
      const story = await runPiece({ dir, seed: 1, piece: SITE_PIECE, orders: ORDERS, faults: 0, stationIds, endBy: Date.now() + LONGEST_MS, say: () => undefined });
      const { violations, finished } = checkPiece(story);
      if (violations.length > 0 || finished !== ordersOf(story)) throw new Error(`${finished} of ${ordersOf(story)} cards: ${violations.join('; ')}`);
      say(line(`cards an hour, ${stationIds.length} station${stationIds.length === 1 ? '' : 's'} as whole processes on the wires`, `${Math.round((finished * 3_600) / story.seconds)} (${finished} cards in ${story.seconds.toFixed(0)} s, timing factor 0)`));
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }
}
