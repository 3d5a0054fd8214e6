import type { Journal } from '../../queue/journal/journal.ts';
import { endFinished, openBatch } from './batch-book.ts';
import { fateOf, recordBlanks, recordOpen } from './record-blanks.ts';
import type { StationCore } from './station-rooms.ts';

/** Counts the blanks at the bench into a batch and back into stock. */
export interface BlankKeeper {
  /** `feedAnnounced`: one more than lies in the feeder may be on its way, which an open attempt will enter for the batch. */
  takeOver(batchId: string, feedAnnounced: boolean): Promise<void>;
  handBack(batchId: string): Promise<void>;
}

/** A batch that a run makes, and who counts blanks at the bench, where somebody does. */
export interface OwnBatch {
  readonly batchId: string;
  readonly keeper: BlankKeeper | null;
}

/**
 * Begins the batch of a run. What a former process used up is entered first, in the batches that it was issued for. Then the
 * blanks at the bench become this batch's, and with them every order whose attempt is open, for it goes on with these
 * blanks, whether it is among `due` or not. False where there is nothing to make and nothing to end.
 */
export async function beginBatch(core: Pick<StationCore, 'store' | 'journal'>, { batchId, keeper }: OwnBatch, due: readonly string[]): Promise<boolean> {
  const { store, journal } = core;
  const orderIds = [...new Set([...due, ...journal.openAttempts().map(({ orderId }) => orderId)])];
  for (const orderId of new Set([...orderIds, ...journal.unreported().map((attempt) => attempt.orderId)])) recordBlanks(core, orderId);
  if (orderIds.length === 0) return false;
  openBatch(store, batchId, orderIds);
  await bringBlanks(core, keeper, batchId);
  endFinished(store, batchId);
  return true;
}

/** The blanks at the bench become this batch's (or day's) where somebody counts them, but for those that the open attempts have used. */
export async function bringBlanks(core: Pick<StationCore, 'store' | 'journal'>, keeper: BlankKeeper | null, batchId: string): Promise<void> {
  recordOpen(core);
  await keeper?.takeOver(batchId, isFeedAnnounced(core.journal));
}

/** Whether a blank may have left the feeder that the journal does not know as fed: its attempt enters it later. */
function isFeedAnnounced(journal: Journal): boolean {
  return journal.openAttempts().some(({ records }) => records.some(({ entry }) => entry.kind === 'feed-intent') && fateOf(records) === null);
}
