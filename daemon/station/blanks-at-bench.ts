import { atBench } from '../../queue/stock/stock-account.ts';
import type { OrderStore } from '../../queue/store/order-store.ts';

type Books = Pick<OrderStore, 'stock' | 'batches'>;

/** Batches, and days, whose blanks lie at the bench by the books, the last issued first; null for blanks that were issued for none. What is closed has none there, whatever was signed. */
export function batchesAtBench({ stock, batches }: Books): readonly (string | null)[] {
  return stock.issuedFor().filter((batchId) => batchId === null || (!isOver(batches, batchId) && atBench(stock.tallyOfBatch(batchId)) > 0));
}

/**
 * The batch that a blank of an order is counted in: its own where blanks of it lie at the bench, else the one whose blanks
 * lie there, for they are what the machine takes when an order cuts in or is made again; null for none.
 */
export function batchOfBlank(books: Books, orderId: string): string | null {
  const { stock, batches } = books;
  const batchId = batches.batchOf(orderId);
  const own = batchId === null || isOver(batches, batchId) ? null : batchId;
  if (own !== null && atBench(stock.tallyOfBatch(own)) > 0) return own;
  const [last = null] = batchesAtBench(books);
  return last ?? own;
}

function isOver(batches: Books['batches'], batchId: string): boolean {
  const state = batches.find(batchId)?.state;
  return state === 'CLOSED' || state === 'CANCELLED';
}
