import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { simulatedAttendant } from '../../../../daemon/compose-simulated-person.ts';
import { batchCounts, endBatch, endFinished } from '../../../../daemon/station/batch-book.ts';
import { beginBatch, type OwnBatch } from '../../../../daemon/station/begin-batch.ts';
import { recordBlanks } from '../../../../daemon/station/record-blanks.ts';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import type { Journal } from '../../../../queue/journal/journal.ts';
import type { JournalEntry } from '../../../../queue/journal/journal-entry.ts';
import { openSqliteJournal } from '../../../../queue/journal/sqlite-journal.ts';
import type { OrderStore } from '../../../../queue/store/order-store.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import type { Control } from '../../../../simulator/script/control-client.ts';
import { claimed, identified, nothingInside, planned, settled } from '../../../support/queue/journal-entries.ts';
import { dataKey, newOrder } from '../../../support/queue/stored-orders.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** What happens to a card in the machine, act by act: an entry is written, or the blank leaves the feeder. */
type Act = JournalEntry | 'feeder gives a blank';

const fedCard = (uid: string): readonly Act[] => [claimed, planned(`BB-2611-${uid}`), { kind: 'feed-intent', evidence: nothingInside }, 'feeder gives a blank', { kind: 'fed', evidence: nothingInside }, identified(uid)];
const out = (to: 'output' | 'reject'): readonly JournalEntry[] => [{ kind: 'eject-intent', to, evidence: nothingInside }, { kind: 'ejected', to, evidence: nothingInside }];
const proven = (uid: string): JournalEntry => ({ kind: 'crosschecked', uid, cardNumber: `BB-2611-${uid}`, certificates: [], artwork: 'a', chips: 'c' });
/** Of an order, attempt by attempt. */
const scrappedThenGood = (orderId: string): readonly (readonly Act[])[] => [
  [...fedCard(`${orderId}1`), ...out('reject'), settled('again')],
  [...fedCard(`${orderId}2`), proven(`${orderId}2`), ...out('output'), settled('finished')],
];
const moments = scrappedThenGood('A').flat().length;

/** A station's books and a feeder that a simulated person keeps in them. */
class Books {
  readonly #core: { readonly store: OrderStore; readonly journal: Journal };
  readonly #keeper;
  feeder = 0;
  batchId = '';

  constructor(store: OrderStore, journal: Journal) {
    this.#core = { store, journal };
    const control = { ask: async () => ({ cards: { feeder: this.feeder } }) } as unknown as Control;
    this.#keeper = simulatedAttendant(control, { store, profiles: { cards: [], sectors: [] } }, () => this.batchId);
  }

  async begin(batchId: string, due: readonly string[]): Promise<void> {
    this.batchId = batchId;
    const own: OwnBatch = { batchId, keeper: this.#keeper };
    expect(await beginBatch(this.#core, own, due)).toBe(true);
  }

  get isOpen(): boolean {
    return this.#core.journal.openAttempts().length > 0;
  }

  /** Makes the card of an order from one moment of its story up to another; the one who dies enters nothing more. */
  make(orderId: string, from: number, to: number): void {
    let moment = 0;
    for (const [index, acts] of scrappedThenGood(orderId).entries()) {
      for (const act of acts) {
        if (moment >= from && moment < to) this.#act(orderId, index + 1, act);
        moment += 1;
      }
    }
    if (to >= moments) this.#end(orderId);
  }

  #act(orderId: string, attempt: number, act: Act): void {
    if (act === 'feeder gives a blank') this.feeder -= 1;
    else this.#core.journal.append({ orderId, attempt, fence: 1 }, act);
  }

  #end(orderId: string): void {
    recordBlanks(this.#core, orderId);
    this.#core.store.setState(orderId, 'PRODUCED');
    for (const { outcome, ...key } of this.#core.journal.unreported()) this.#core.journal.append(key, { kind: 'reported', outcome });
  }

  async end(): Promise<void> {
    await this.#keeper.handBack(this.batchId);
    endFinished(this.#core.store, null);
    endBatch(this.#core.store, this.batchId);
  }

  /** Each batch with its state and what it misses. */
  get standing(): readonly (readonly [string, string, number])[] {
    const { store } = this.#core;
    return store.batches.list().map(({ batchId }) => [batchId, batchCounts(store, batchId).state, batchCounts(store, batchId).difference]);
  }
}

async function withBooks(work: (books: Books) => Promise<void>): Promise<void> {
  await using folder = await temporaryFolder('begin-batch');
  using store = openOrderStore({ dir: folder.path, dataKey: dataKey(), clock: systemClock });
  using journal = openSqliteJournal({ path: join(folder.path, 'journal.sqlite'), clock: systemClock });
  for (const orderId of ['A', 'B']) store.putOrder(newOrder(orderId));
  await work(new Books(store, journal));
}

describe('a batch that begins where a former process died', () => {
  it.each([['the same orders', ['A', 'B']], ['another order', ['B']]])('closes, and so does the former one when nothing of it is left to make, wherever that died, with a batch of %s', async (_, due) => {
    for (let death = 1; death < moments; death += 1) {
      await withBooks(async (books) => {
        books.feeder = 4;
        await books.begin('B-1', ['A']);
        books.make('A', 0, death);
        await books.begin('B-2', due);
        // Between two blanks nothing is open: then a batch of other orders does not go on with it, and the former one waits for its order.
        const goesOn = due.includes('A') || books.isOpen;
        if (goesOn) books.make('A', death, moments);
        books.make('B', 0, moments);
        await books.end();
        expect([death, ...books.standing]).toEqual([death, ['B-2', 'CLOSED', 0], ['B-1', goesOn ? 'CLOSED' : 'RUNNING', 0]]);
      });
    }
  });

  it('also where two died one after the other', async () => {
    for (let death = 2; death < moments; death += 3) {
      for (let second = death; second < moments; second += 4) {
        await withBooks(async (books) => {
          books.feeder = 2;
          await books.begin('B-1', ['A']);
          books.make('A', 0, death);
          await books.begin('B-2', ['A']);
          books.make('A', death, second);
          await books.begin('B-3', ['A']);
          books.make('A', second, moments);
          await books.end();
          expect([death, second, ...books.standing]).toEqual([death, second, ['B-3', 'CLOSED', 0], ['B-2', 'CLOSED', 0], ['B-1', 'CLOSED', 0]]);
        });
      }
    }
  });
});
