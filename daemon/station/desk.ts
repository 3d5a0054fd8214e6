import type { Clock } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { Journal } from '../../queue/journal/journal.ts';
import { atBench, inStock } from '../../queue/stock/stock-account.ts';
import type { OrderStore } from '../../queue/store/order-store.ts';
import type { IntakeResult } from '../intake/intake-result.ts';
import { answerHold, openHolds } from '../produce/answer-hold.ts';
import { metricsText } from '../observe/station-metrics.ts';
import { acceptOrders } from './accept-orders.ts';
import { batchIdAt, closeBatch, endBatch } from './batch-book.ts';
import { batchView, createBatch } from './fill-batch.ts';
import { advanceOrder, lateOrders, orderView, withdrawOrder } from './order-desk.ts';
import { bringBlanks, type BlankKeeper } from './begin-batch.ts';
import type { MachineWait } from './production.ts';
import { recordOpen } from './record-blanks.ts';
import { closeShift, runningShift } from './shift-book.ts';
import type { ImpossibleOrder } from './site.ts';
import type { BenchReport, LotView, StationDesk, StationStatus } from './station-desk.ts';

/** Late orders that a status names; more than a person reads. */
const LATE_SHOWN = 200;
/** Orders of a list when nobody says how many. */
const LISTED = 1_000;

/** The running production, as the desk sees it. */
export interface DeskProduction {
  readonly current: string | null;
  readonly waitsFor: MachineWait | null;
  readonly impossible: readonly ImpossibleOrder[];
  goOn(): void;
  tellDue(): Promise<void>;
  forget(orderId: string): Promise<void>;
  takeBack(orderId: string): Promise<void>;
}

/** What the desk works with; `production` and `keeper` are null where no daemon runs. */
export interface DeskParts {
  readonly stationId: string;
  readonly clock: Clock;
  /** Fires when the station ends: what takes long is given up. */
  readonly signal: AbortSignal;
  readonly store: OrderStore;
  readonly journal: Journal;
  readonly production: DeskProduction | null;
  readonly keeper: BlankKeeper | null;
  /** Reads and judges order files. */
  readonly checkOrders: (paths: readonly string[]) => Promise<IntakeResult>;
  /** Copies everything that the station must not lose into a new folder; gives the number of files. */
  readonly backup: (to: string) => Promise<number>;
  /** What the bench's printer says now, or said before the card in hand. */
  readonly bench: () => Promise<BenchReport>;
  /** Throws why a batch of these orders must not begin on this bench; where no daemon runs, the daemon judges when it does. */
  readonly requireBatch: (orderIds: readonly string[]) => Promise<void>;
}

/** The desk of a station over its store and journal. */
export function stationDesk(parts: DeskParts): StationDesk {
  return { ...orderCalls(parts), ...batchCalls(parts), ...stockCalls(parts), ...stationCalls(parts) };
}

function statusOf({ stationId, clock, store, production }: DeskParts): StationStatus {
  return {
    station: stationId,
    serving: production !== null,
    current: production?.current ?? null,
    waitsFor: production?.waitsFor ?? null,
    orders: store.countByState(),
    undelivered: store.outbox.waiting(),
    late: lateOrders(store, clock.now(), LATE_SHOWN),
    impossible: production?.impossible ?? [],
  };
}

type StationCalls = Pick<StationDesk, 'status' | 'bench' | 'metrics' | 'goOn' | 'backup' | 'holds' | 'answerHold'>;

function stationCalls(parts: DeskParts): StationCalls {
  const { store, journal, production } = parts;
  return {
    status: async () => statusOf(parts),
    bench: async () => parts.bench(),
    metrics: async () => metricsText(statusOf(parts), await parts.bench()),
    async goOn() {
      production?.goOn();
      return statusOf(parts);
    },
    async backup({ to }) {
      const files = await parts.backup(to);
      const orders = Object.values(store.countByState()).reduce((sum, count) => sum + count, 0);
      return { to, files, orders, records: journal.verify().records };
    },
    holds: async () => openHolds(journal),
    async answerHold({ orderId, answer, by }) {
      answerHold(journal, orderId, answer, by);
      if (store.summaryOf(orderId)?.state === 'HELD') store.setState(orderId, 'IN_PRODUCTION');
      await production?.tellDue();
      return openHolds(journal);
    },
  };
}

type OrderCalls = Pick<StationDesk, 'submitOrders' | 'listOrders' | 'showOrder' | 'withdrawOrder' | 'advanceOrders'>;

function orderCalls({ store, journal, production, checkOrders }: DeskParts): OrderCalls {
  return {
    async submitOrders({ paths }) {
      const { accepted, refused } = await checkOrders(paths);
      const answers = acceptOrders(store, accepted);
      await production?.tellDue();
      return { accepted: answers, refused: refused.map(({ orderId, place, findings }) => ({ orderId, file: place.file, findings })) };
    },
    listOrders: async ({ states, limit }) => store.listOrders(states ?? Object.keys(store.countByState()), limit ?? LISTED),
    showOrder: async ({ orderId }) => orderView(store, journal, orderId),
    async withdrawOrder({ orderId, by }) {
      const state = withdrawOrder(store, orderId, by);
      await production?.takeBack(orderId);
      return { orderId, state };
    },
    async advanceOrders({ orderIds, event }) {
      const moved = store.atomically(() => orderIds.map((orderId) => ({ orderId, state: advanceOrder(store, orderId, event) })));
      if (event === 'requeue') await production?.tellDue();
      return moved;
    },
  };
}

type BatchCalls = Pick<StationDesk, 'createBatch' | 'listBatches' | 'showBatch' | 'changeBatch' | 'closeBatch'>;

function batchCalls(parts: DeskParts): BatchCalls {
  const { store, clock, production, keeper, requireBatch } = parts;
  return {
    async createBatch({ batchId, filter }) {
      const made = await createBatch(parts, batchId ?? batchIdAt(clock.now()), filter);
      for (const orderId of made.orderIds) await production?.forget(orderId);
      return made;
    },
    listBatches: async () => store.batches.list(),
    showBatch: async ({ batchId }) => batchView(store, batchId),
    async changeBatch({ batchId, event }) {
      const left = store.batches.ordersOf(batchId).filter((orderId) => store.summaryOf(orderId)?.state === 'QUEUED');
      if (event === 'start' || event === 'resume') await requireBatch(left);
      store.batches.happen(batchId, event);
      if (event === 'pause' || event === 'stop') for (const orderId of left) await production?.forget(orderId);
      if (event === 'start') await bringBlanks(parts, keeper, batchId);
      const inMachine = production?.current ?? null;
      if (event === 'stop' && (inMachine === null || store.batches.batchOf(inMachine) !== batchId)) {
        await keeper?.handBack(batchId);
        endBatch(store, batchId);
      }
      await production?.tellDue();
      return batchView(store, batchId);
    },
    async closeBatch({ batchId, signature }) {
      closeBatch(store, batchId, signature);
      return batchView(store, batchId);
    },
  };
}

type StockCalls = Pick<StationDesk, 'lots' | 'registerLot' | 'moveBlanks' | 'showBlank' | 'shift' | 'closeShift'>;

/** Closed shifts that are shown: two weeks of three a day. */
const SHIFTS_SHOWN = 42;

function stockCalls({ store, journal, clock }: DeskParts): StockCalls {
  const { stock } = store;
  const lots = (): readonly LotView[] =>
    stock.lots().map((lot) => {
      const tally = stock.tallyOfLot(lot.lot);
      return { ...lot, inStock: inStock(tally), atBench: atBench(tally), tally };
    });
  return {
    lots: async () => lots(),
    async registerLot({ lot, product, count, uids, by }) {
      if (uids.length > count) throw new StationFault('CLI-USAGE', { field: 'uids', note: `${uids.length} UIDs for ${count} blanks` });
      store.atomically(() => {
        stock.addLot(lot, product);
        stock.move({ lot, kind: 'registered', count, batchId: null, by });
        stock.addUids(lot, uids);
      });
      return lots();
    },
    async moveBlanks({ uids = [], ...move }) {
      recordOpen({ store, journal });
      stock.move({ ...move, uids });
      return lots();
    },
    async showBlank({ uid }) {
      const blank = stock.blankOf(uid);
      if (blank === null) throw new StationFault('CLI-USAGE', { field: 'uid', note: `nobody registered or used ${uid}` });
      return blank;
    },
    shift: async () => ({ running: runningShift(store, []), closed: store.shifts.list(SHIFTS_SHOWN) }),
    closeShift: async ({ counted, by, reason }) => closeShift(store, counted, by, reason, clock.now()),
  };
}
