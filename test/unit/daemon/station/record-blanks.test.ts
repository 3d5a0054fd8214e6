import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { batchCounts, closeBatch, endBatch, openBatch } from '../../../../daemon/station/batch-book.ts';
import { recordBlanks, shiftOf } from '../../../../daemon/station/record-blanks.ts';
import type { Journal } from '../../../../queue/journal/journal.ts';
import type { JournalEntry } from '../../../../queue/journal/journal-entry.ts';
import { openSqliteJournal } from '../../../../queue/journal/sqlite-journal.ts';
import type { OrderStore } from '../../../../queue/store/order-store.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import { claimed, nothingInside, settled } from '../../../support/queue/journal-entries.ts';
import { clockAt, dataKey, newOrder } from '../../../support/queue/stored-orders.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

const noon = Date.UTC(2026, 10, 23, 11);
const fed: readonly JournalEntry[] = [claimed, { kind: 'feed-intent', evidence: nothingInside }, { kind: 'fed', evidence: nothingInside }];
const out = (to: 'output' | 'reject'): readonly JournalEntry[] => [{ kind: 'eject-intent', to, evidence: nothingInside }, { kind: 'ejected', to, evidence: nothingInside }];
const proven: JournalEntry = { kind: 'crosschecked', uid: '04AA01', cardNumber: 'BB-2611-000001', certificates: [], artwork: 'a', chips: 'c' };

describe('The blanks of an order', () => {
  let folder: TemporaryFolder;
  let store: OrderStore;
  let journal: Journal;

  beforeEach(async () => {
    folder = await temporaryFolder('record-blanks');
    const clock = clockAt(() => noon);
    store = openOrderStore({ dir: folder.path, dataKey: dataKey(), clock });
    journal = openSqliteJournal({ path: join(folder.path, 'journal.sqlite'), clock });
  });

  afterEach(async () => {
    journal[Symbol.dispose]();
    store[Symbol.dispose]();
    await folder[Symbol.asyncDispose]();
  });

  function write(orderId: string, attempt: number, ...entries: readonly JournalEntry[]): void {
    for (const entry of entries) journal.append({ orderId, attempt, fence: 1 }, entry);
    recordBlanks({ store, journal }, orderId);
  }

  const fates = (orderId: string): readonly string[] => store.blanks.entriesOf(orderId).map(({ fate }) => fate);

  it('are told from the journal: a scrapped one and the good one', () => {
    write('A', 1, ...fed, ...out('reject'), settled('again'));
    write('A', 2, ...fed, { kind: 'identified', uid: '04AA01', atr: '3B' }, proven, ...out('output'), settled('finished'));
    expect(fates('A')).toEqual(['rejected', 'good']);
    expect(store.blanks.entriesOf('A')[1]).toMatchObject({ uid: '04AA01', batchId: shiftOf(noon), lot: 'unknown' });
  });

  it('are inside until the printer let them go, held while a person is asked, and rejected when found', () => {
    write('A', 1, ...fed);
    expect(fates('A')).toEqual(['fed']);
    write('A', 1, { kind: 'held', question: 'where-is-the-card', answers: ['destroyed'], reason: 'QC-UNKNOWN-OUTCOME' });
    expect(fates('A')).toEqual(['held']);
    write('A', 1, { kind: 'answered', answer: 'destroyed', by: 'Kim' }, { kind: 'ejected', to: 'reject', evidence: null }, settled('again'));
    expect(fates('A')).toEqual(['rejected']);
  });

  it('are none when the order was refused before a card was fed', () => {
    write('A', 1, claimed, settled('refused'));
    expect(fates('A')).toEqual([]);
  });

  it('are never good without the crosscheck', () => {
    write('A', 1, ...fed, ...out('output'), settled('held'));
    expect(fates('A')).toEqual(['rejected']);
  });

  it('close the counts of their batch, which otherwise waits for a signature', () => {
    for (const orderId of ['A', 'B']) store.putOrder(newOrder(orderId));
    store.stock.addLot('L1', 'PIV');
    store.stock.move({ lot: 'L1', kind: 'registered', count: 10, batchId: null, by: 'Kim' });
    openBatch(store, 'B1', ['A', 'B']);
    store.stock.move({ lot: 'L1', kind: 'issued', count: 3, batchId: 'B1', by: 'Kim' });
    write('A', 1, ...fed, proven, ...out('output'), settled('finished'));
    write('B', 1, ...fed, ...out('reject'), settled('refused'));
    expect(store.blanks.entriesOf('A')[0]).toMatchObject({ batchId: 'B1', lot: 'L1' });
    expect(endBatch(store, 'B1')).toMatchObject({ state: 'COUNTING', difference: 1, closes: false });
    expect(() => closeBatch(store, 'B1', null)).toThrow(expect.objectContaining({ code: 'QC-COUNT' }));
    expect(batchCounts(store, 'B1').state).toBe('COUNTING');
    expect(closeBatch(store, 'B1', { by: 'Kim', reason: 'fell behind the bench' }).state).toBe('CLOSED');
    expect(store.batches.find('B1')?.signature).toEqual({ by: 'Kim', reason: 'fell behind the bench', difference: 1 });
  });

  describe('of an order that cuts in', () => {
    const good = [...fed, proven, ...out('output'), settled('finished')];

    /** Two blanks at the bench for a batch of one order. */
    function issueTwo(batchId: string, orderId: string): void {
      store.putOrder(newOrder(orderId));
      openBatch(store, batchId, [orderId]);
      store.stock.move({ lot: 'L1', kind: 'issued', count: 2, batchId, by: 'Kim' });
    }

    beforeEach(() => {
      store.putOrder(newOrder('EXPRESS', { express: true }));
      store.stock.addLot('L1', 'PIV');
      store.stock.move({ lot: 'L1', kind: 'registered', count: 10, batchId: null, by: 'Kim' });
    });

    it('are those of the batch whose blanks lie at the bench, so that its counts close', () => {
      issueTwo('B1', 'A');
      write('EXPRESS', 1, ...good);
      write('A', 1, ...good);
      expect(store.blanks.entriesOf('EXPRESS')[0]).toMatchObject({ batchId: 'B1', fate: 'good' });
      expect(endBatch(store, 'B1')).toMatchObject({ state: 'CLOSED', difference: 0, tally: { good: 2 } });
    });

    it('are counted where they were fed, not where they came out', () => {
      write('EXPRESS', 1, ...fed);
      issueTwo('B1', 'A');
      write('EXPRESS', 1, proven, ...out('output'), settled('finished'));
      expect(store.blanks.entriesOf('EXPRESS')[0]).toMatchObject({ batchId: shiftOf(noon), fate: 'good' });
    });

    it('are none of a batch that is closed: an order of it that is made again takes those of the next', () => {
      issueTwo('B1', 'A');
      write('A', 1, ...fed, ...out('reject'), settled('again'));
      store.stock.move({ lot: 'L1', kind: 'returned', count: 1, batchId: 'B1', by: 'Kim' });
      expect(endBatch(store, 'B1')).toMatchObject({ state: 'CLOSED', difference: 0 });
      write('A', 2, ...fed, ...out('reject'), settled('again'));
      issueTwo('B2', 'B');
      write('A', 3, ...good);
      expect(store.blanks.entriesOf('A').map(({ batchId }) => batchId)).toEqual(['B1', shiftOf(noon), 'B2']);
      expect(batchCounts(store, 'B1')).toMatchObject({ state: 'CLOSED', difference: 0 });
    });

    it("are the other batch's when those of its own are used up, and the day's when blanks were issued for none", () => {
      issueTwo('B1', 'A');
      issueTwo('B2', 'B');
      write('A', 1, ...fed, ...out('reject'), settled('again'));
      write('A', 2, ...fed, ...out('reject'), settled('again'));
      write('A', 3, ...good);
      store.stock.move({ lot: 'L1', kind: 'issued', count: 1, batchId: null, by: 'Kim' });
      write('EXPRESS', 1, ...good);
      expect(store.blanks.entriesOf('A').map(({ batchId }) => batchId)).toEqual(['B1', 'B1', 'B2']);
      expect(store.blanks.entriesOf('EXPRESS')[0]?.batchId).toBe(shiftOf(noon));
    });
  });

  it('end a batch by themselves when every blank is accounted for', () => {
    store.stock.addLot('L1', 'PIV');
    store.stock.move({ lot: 'L1', kind: 'registered', count: 10, batchId: null, by: 'Kim' });
    openBatch(store, 'B1', ['A']);
    store.stock.move({ lot: 'L1', kind: 'issued', count: 3, batchId: 'B1', by: 'Kim' });
    write('A', 1, ...fed, proven, ...out('output'), settled('finished'));
    store.stock.move({ lot: 'L1', kind: 'returned', count: 2, batchId: 'B1', by: 'Kim' });
    expect(endBatch(store, 'B1')).toMatchObject({ state: 'CLOSED', difference: 0, closes: true });
  });
});
