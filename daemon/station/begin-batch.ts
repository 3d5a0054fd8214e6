import type { Journal } from '../../queue/journal/journal.ts';
import { openBatch } from './batch-book.ts';
import { fateOf, recordBlanks } from './record-blanks.ts';
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
  const ids = (attempts: readonly { readonly orderId: string }[]): readonly string[] => attempts.map(({ orderId }) => orderId);
  const orderIds = [...new Set([...due, ...ids(journal.openAttempts())])];
  if (orderIds.length === 0) return false;
  for (const orderId of new Set([...orderIds, ...ids(journal.unreported())])) recordBlanks(core, orderId);
  openBatch(store, batchId, orderIds);
  await keeper?.takeOver(batchId, isFeedAnnounced(journal));
  return true;
}

/** Whether a blank may have left the feeder that the journal does not know as fed: its attempt enters it later. */
function isFeedAnnounced(journal: Journal): boolean {
  return journal.openAttempts().some(({ records }) => records.some(({ entry }) => entry.kind === 'feed-intent') && fateOf(records) === null);
}
