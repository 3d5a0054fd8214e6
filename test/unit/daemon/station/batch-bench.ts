import { join } from 'node:path';
import { expect } from 'vitest';
import { batchToEnd, endBatch } from '../../../../daemon/station/batch-book.ts';
import type { stationDesk } from '../../../../daemon/station/desk.ts';
import { Production } from '../../../../daemon/station/production.ts';
import type { StationCore, StationQueue } from '../../../../daemon/station/station-rooms.ts';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { StationFault } from '../../../../drivers/contracts/fault.ts';
import type { Claims } from '../../../../queue/claim/claims.ts';
import type { Journal } from '../../../../queue/journal/journal.ts';
import { openSqliteJournal } from '../../../../queue/journal/sqlite-journal.ts';
import type { OrderStore } from '../../../../queue/store/order-store.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import { ClaimServer, claimsOn } from '../../../campaign/simulation/claim-server.ts';
import { exampleOrder } from '../../../support/orders/example-order.ts';
import { attemptOf, claimed, nothingInside, planned } from '../../../support/queue/journal-entries.ts';
import { dataKey, newOrder } from '../../../support/queue/stored-orders.ts';
import { MemoryQueue } from './memory-queue.ts';

export const batchEvents = ['freeze', 'start', 'pause', 'resume', 'stop', 'cancel'] as const;
type Event = (typeof batchEvents)[number];
type Outcome = 'finished' | 'held' | 'refused';

/** The batches as a person thinks of them. */
export interface BatchModel {
  readonly orders: Map<string, { readonly express: boolean; state: string; begun: boolean }>;
  readonly batches: Map<string, { state: string; orderIds: string[] }>;
  inMachine: string | null;
}

/** Said once more, on purpose in other words than the product's: in which state an event of a person leads where. */
const leadsTo: Readonly<Record<Event, (state: string) => string | null>> = {
  freeze: (state) => (state === 'OPEN' ? 'FROZEN' : null),
  start: (state) => (['OPEN', 'FROZEN'].includes(state) ? 'RUNNING' : null),
  pause: (state) => (state === 'RUNNING' ? 'PAUSED' : null),
  resume: (state) => (state === 'PAUSED' ? 'RUNNING' : null),
  stop: (state) => (['RUNNING', 'PAUSED'].includes(state) ? 'COUNTING' : null),
  cancel: (state) => (['OPEN', 'FROZEN'].includes(state) ? 'CANCELLED' : null),
};

const never = new AbortController().signal;

/** A desk on a real store and journal, the product's own telling of the queue, and a machine whose cards end as they are told. */
export class BatchBench implements AsyncDisposable {
  readonly #store: OrderStore;
  readonly #journal: Journal;
  readonly #queue = new MemoryQueue();
  readonly #production: Production;
  readonly #desk: ReturnType<typeof stationDesk>;
  readonly #claims: Claims;
  #current: string | null = null;

  constructor(dir: string, openDesk: typeof stationDesk) {
    this.#store = openOrderStore({ dir: join(dir, 'store'), dataKey: dataKey(), clock: systemClock });
    this.#journal = openSqliteJournal({ path: join(dir, 'journal.sqlite'), clock: systemClock });
    const core = { clock: systemClock, journal: this.#journal, store: this.#store } as unknown as StationCore;
    const server = new ClaimServer();
    this.#claims = claimsOn(server, 'st1', ['st1']);
    server.publish('st1', [], 0);
    const rooms = { claims: this.#claims, queue: this.#queue } as unknown as StationQueue;
    const parts = { attendant: { mend: async () => false, answer: async () => null }, keeper: null, listener: () => undefined, openWorker: () => { throw new Error('no worker'); }, onTrouble: (_where: string, error: unknown) => { throw error; } };
    this.#production = new Production(core, rooms, parts, never, never);
    const current = (): string | null => this.#current;
    const production = { get current() { return current(); }, waitsFor: null, impossible: [], goOn: () => undefined, tellDue: () => this.#production.tellDue(), forget: (orderId: string) => this.#production.forget(orderId), takeBack: (orderId: string) => this.#production.takeBack(orderId) };
    this.#desk = openDesk({ stationId: 'st1', clock: systemClock, signal: never, store: this.#store, journal: this.#journal, production, keeper: null, checkOrders: nothingThere, backup: nothingThere, bench: nothingThere, requireBatch: async () => undefined });
  }

  async submit(model: BatchModel, express: boolean, due: number): Promise<void> {
    const orderId = `O${String(model.orders.size + 1).padStart(2, '0')}`;
    const example = exampleOrder();
    const delivery = express ? { mode: 'EXPRESS_PICKUP', pickupPoint: 'STOCKHOLM' } : { ...example.delivery, address: { ...example.delivery.address, city: `City ${due % 3}` } };
    this.#store.putOrder(newOrder(orderId, { express, dueAt: Date.UTC(2026, 11, 1) + due * 3_600_000, duplicateKey: orderId, payload: JSON.stringify({ ...example, orderId, delivery }) }));
    model.orders.set(orderId, { express, state: 'QUEUED', begun: false });
    await this.#production.tellDue();
  }

  async create(model: BatchModel, limit: number): Promise<void> {
    const batchId = `B${model.batches.size + 1}`;
    const free = [...model.orders].flatMap(([orderId, { state }]) => (state === 'QUEUED' && !isTaken(model, orderId) ? [orderId] : []));
    const { orderIds } = await this.#desk.createBatch({ batchId, filter: { limit } });
    expect(orderIds.filter((orderId) => !free.includes(orderId))).toEqual([]);
    expect(orderIds).toHaveLength(Math.min(limit, free.length));
    const firstStandard = orderIds.findIndex((orderId) => model.orders.get(orderId)?.express === false);
    expect(orderIds.findLastIndex((orderId) => model.orders.get(orderId)?.express === true)).toBeLessThan(firstStandard === -1 ? orderIds.length : firstStandard);
    for (const former of model.batches.values()) former.orderIds = former.orderIds.filter((orderId) => !orderIds.includes(orderId));
    model.batches.set(batchId, { state: 'OPEN', orderIds: [...orderIds] });
  }

  async change(model: BatchModel, which: number, event: Event): Promise<void> {
    const [batchId, batch] = [...model.batches][which % Math.max(model.batches.size, 1)] ?? [];
    if (batchId === undefined || batch === undefined) return;
    const next = leadsTo[event](batch.state);
    const changing = this.#desk.changeBatch({ batchId, event });
    if (next === null) return expectUsage(changing);
    await changing;
    batch.state = next;
    // With no card of it in the machine nothing is waited for; no blank was counted out, so the counts close.
    if (next === 'COUNTING' && !batch.orderIds.includes(model.inMachine ?? '')) batch.state = 'CLOSED';
  }

  async withdraw(model: BatchModel, which: number): Promise<void> {
    const [orderId, order] = [...model.orders][which % Math.max(model.orders.size, 1)] ?? [];
    if (orderId === undefined || order === undefined) return;
    const taking = this.#desk.withdrawOrder({ orderId, by: 'portal' });
    if (!['QUEUED', 'IN_PRODUCTION', 'HELD', 'REJECTED'].includes(order.state)) return expectUsage(taking);
    await taking;
    order.state = 'WITHDRAWN';
    for (const batch of model.batches.values()) batch.orderIds = batch.orderIds.filter((each) => each !== orderId);
  }

  /** The machine takes what the queue gives: express before all, and of a batch the first that is left. */
  async begin(model: BatchModel): Promise<void> {
    if (model.inMachine !== null) return;
    const makeable = makeableOf(model);
    const orderId = this.#queue.next();
    expect(orderId === null ? [] : [orderId].filter((each) => !makeable.includes(each))).toEqual([]);
    if (orderId === null) return expect(makeable).toEqual([]);
    const order = model.orders.get(orderId);
    if (makeable.some((each) => model.orders.get(each)?.express === true)) expect(order?.express).toBe(true);
    const own = [...model.batches.values()].find(({ orderIds }) => orderIds.includes(orderId))?.orderIds ?? [];
    const firstStandard = own.find((each) => makeable.includes(each) && model.orders.get(each)?.express === false && model.orders.get(each)?.state === 'QUEUED');
    if (order?.express === false && order.state === 'QUEUED' && own.length > 0) expect(orderId).toBe(firstStandard);
    await this.#queue.remove(orderId);
    if (!order?.begun) for (const entry of [claimed, planned(`BB-2612-${orderId.slice(1).padStart(6, '0')}`), { kind: 'feed-intent', evidence: nothingInside } as const]) this.#journal.append(attemptOf(orderId), entry);
    this.#store.setState(orderId, 'IN_PRODUCTION');
    this.#current = orderId;
    model.inMachine = orderId;
    if (order !== undefined) [order.state, order.begun] = ['IN_PRODUCTION', true];
  }

  /** The card in the machine ends; what was taken back meanwhile ends as that. */
  async end(model: BatchModel, outcome: Outcome): Promise<void> {
    const orderId = model.inMachine;
    const order = model.orders.get(orderId ?? '');
    if (orderId === null || order === undefined) return;
    const isTakenBack = order.state === 'WITHDRAWN';
    if (outcome === 'held' && !isTakenBack) this.#journal.append(attemptOf(orderId), { kind: 'held', question: 'where-is-the-card', answers: ['in-reject', 'destroyed'], reason: 'QC-UNKNOWN-OUTCOME' });
    else if (isTakenBack) this.#journal.append(attemptOf(orderId), { kind: 'settled', outcome: 'refused', reason: 'ORD-WITHDRAWN' });
    else this.#journal.append(attemptOf(orderId), { kind: 'settled', outcome: outcome === 'refused' ? 'refused' : 'finished' });
    if (!isTakenBack) {
      order.state = { finished: 'PRODUCED', held: 'HELD', refused: 'REJECTED' }[outcome];
      this.#store.setState(orderId, order.state);
    }
    if (outcome !== 'held' || isTakenBack) order.begun = false;
    [this.#current, model.inMachine] = [null, null];
    // Its job is done with it.
    await this.#queue.remove(orderId);
    const ending = batchToEnd(this.#store, orderId);
    if (ending !== null) endBatch(this.#store, ending);
    const own = [...model.batches.values()].find(({ orderIds }) => orderIds.includes(orderId));
    const isLeft = own?.orderIds.some((each) => ['QUEUED', 'IN_PRODUCTION', 'HELD'].includes(model.orders.get(each)?.state ?? '')) ?? true;
    if (own !== undefined && (own.state === 'COUNTING' || (own.state === 'RUNNING' && !isLeft))) own.state = 'CLOSED';
    await this.#production.tellDue();
  }

  async answer(model: BatchModel): Promise<void> {
    const [orderId, order] = [...model.orders].find(([, { state }]) => state === 'HELD') ?? [];
    if (orderId === undefined || order === undefined) return;
    await this.#desk.answerHold({ orderId, answer: 'destroyed', by: 'person' });
    order.state = 'IN_PRODUCTION';
  }

  /** What must hold after every command. */
  async check(model: BatchModel): Promise<void> {
    for (const [batchId, { state, orderIds }] of model.batches) {
      expect([batchId, this.#store.batches.find(batchId)?.state, this.#store.batches.ordersOf(batchId)]).toEqual([batchId, state, orderIds]);
    }
    for (const [orderId, { state }] of model.orders) {
      const own = [...model.batches].filter(([, { orderIds }]) => orderIds.includes(orderId)).map(([batchId]) => batchId);
      expect([orderId, this.#store.summaryOf(orderId)?.state, own.length > 1, this.#store.batches.batchOf(orderId)]).toEqual([orderId, state, false, own[0] ?? null]);
    }
    await this.#production.tellDue();
    const isOfMachine = (orderId: string): boolean => orderId !== model.inMachine;
    expect(this.#queue.orderIds.filter(isOfMachine).toSorted()).toEqual(makeableOf(model).filter(isOfMachine).toSorted());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#claims[Symbol.asyncDispose]();
    this.#store[Symbol.dispose]();
    this.#journal[Symbol.dispose]();
  }
}

function isTaken({ batches }: BatchModel, orderId: string): boolean {
  return [...batches.values()].some(({ state, orderIds }) => ['OPEN', 'FROZEN', 'RUNNING', 'PAUSED'].includes(state) && orderIds.includes(orderId));
}

/** Orders that the machine may take now: due, and in no batch or in a running one; what is begun is always finished. */
function makeableOf(model: BatchModel): readonly string[] {
  return [...model.orders].flatMap(([orderId, { state, begun }]) => {
    const own = [...model.batches.values()].find(({ orderIds }) => orderIds.includes(orderId));
    const isDue = state === 'QUEUED' || state === 'IN_PRODUCTION';
    return isDue && orderId !== model.inMachine && (begun || own === undefined || own.state === 'RUNNING') ? [orderId] : [];
  });
}

/** What no command of a story asks for. */
async function nothingThere(): Promise<never> {
  throw new Error('the bench of the model has no such thing');
}

async function expectUsage(call: Promise<unknown>): Promise<void> {
  const fault = await call.then(() => null, (error: unknown) => error);
  expect(fault instanceof StationFault ? fault.code : fault).toBe('CLI-USAGE');
}
