import type { Wait } from '../../drivers/contracts/clock.ts';
import { asStationFault, type FaultCode } from '../../drivers/contracts/fault.ts';
import { priorityOf } from '../../queue/batch/priority.ts';
import type { HandlerAnswer, OrderHandler as QueueHandler, OrderWorker, QueuedOrder } from '../../queue/bullmq/work-queue.ts';
import { answerWith, patientWith, type Attendant } from './attendant.ts';
import { batchToEnd, endBatch } from './batch-book.ts';
import type { BlankKeeper } from './begin-batch.ts';
import { dueStates } from './order-desk.ts';
import { OrderHandler, type WorkListener, type WorkResult } from './order-handler.ts';
import { reportUntold } from './report-outcome.ts';
import type { ImpossibleOrder } from './site.ts';
import type { StationCore, StationQueue } from './station-rooms.ts';

const ENQUEUE_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 900_000;
/** How often stored orders are told to the queue again: a server that lost its data forgot them. */
const REMIND_MS = 15_000;
/** How often, for each telling, a station listens for what others have made meanwhile. */
const LISTENS_A_TELLING = 5;
/** Orders told at a time; the rest follows as these are made. */
const TOLD_AT_ONCE = 1_000;

/** What the daemon's production is run with. */
export interface ProductionParts {
  readonly attendant: Attendant;
  readonly keeper: BlankKeeper | null;
  readonly listener: WorkListener;
  readonly openWorker: (handler: QueueHandler) => OrderWorker;
  readonly onTrouble: (where: string, error: unknown) => void;
  /** Called when a card came to its end and none is in hand. */
  readonly rested?: () => Promise<void>;
}

/** Why the machine waits for a person. */
export interface MachineWait {
  readonly reason: FaultCode;
  readonly orderId: string;
}

/**
 * Makes cards for ever: tells the queue what is due, takes one order at a time, waits for a person where the machine needs
 * one, and ends batches whose orders are all over. `drain` finishes the card in the machine and leaves the rest queued.
 */
export class Production {
  readonly #core: StationCore;
  readonly #queue: StationQueue;
  readonly #parts: ProductionParts;
  readonly #handler: OrderHandler;
  readonly #drain: AbortSignal;
  readonly #signal: AbortSignal;
  readonly #broken = new AbortController();
  #waitsFor: MachineWait | null = null;
  #goOn: () => void = () => undefined;
  #current: string | null = null;
  #pause: FaultCode | null = null;
  #held = false;
  #telling: Promise<void> = Promise.resolve();

  constructor(core: StationCore, queue: StationQueue, parts: ProductionParts, drain: AbortSignal, signal: AbortSignal) {
    this.#core = core;
    this.#queue = queue;
    this.#parts = parts;
    this.#drain = drain;
    this.#signal = signal;
    this.#handler = new OrderHandler(core, queue, (orderId, result) => this.#told(orderId, result), signal);
  }

  get waitsFor(): MachineWait | null {
    return this.#waitsFor;
  }

  /** Waiting orders that no station can make. */
  get impossible(): readonly ImpossibleOrder[] {
    return this.#queue.site?.impossible ?? [];
  }

  get current(): string | null {
    return this.#current;
  }

  /** A person mended the machine. */
  goOn(): void {
    this.#goOn();
  }

  /** Runs until `drain` or `signal` fires. Throws what ends the daemon: a journal or store that cannot be written, a lost fence. */
  async run(): Promise<void> {
    await using worker = this.#parts.openWorker((orderId) => this.#handle(orderId));
    const over = AbortSignal.any([this.#drain, this.#signal, this.#broken.signal]);
    for (let round = 0; !over.aborted; round += 1) {
      if (round % LISTENS_A_TELLING === 0) await this.tellDue();
      else await this.#listen();
      await this.#core.clock.sleep(REMIND_MS / LISTENS_A_TELLING, over).catch((error: unknown) => {
        if (!over.aborted) throw error;
      });
    }
    await worker.stop({ signal: this.#signal, timeoutMs: STOP_TIMEOUT_MS });
    if (this.#broken.signal.aborted) throw this.#broken.signal.reason;
  }

  /** Tells the queue what is due now; a server that does not answer is told at the next time. */
  async tellDue(): Promise<void> {
    const before = this.#telling;
    const mine = (async () => {
      await before;
      await this.#tell();
    })();
    this.#telling = mine;
    return mine;
  }

  /** Takes an order out of the queue; one in the machine is ended by the order machine. */
  async forget(orderId: string): Promise<void> {
    await this.#trying(() => this.#queue.queue.remove(orderId, this.#limit()));
  }

  /** An order was taken back: it leaves the queue here and at every other station. */
  async takeBack(orderId: string): Promise<void> {
    await this.forget(orderId);
    await this.#trying(async () => this.#queue.site?.withdraw(orderId, this.#limit()));
  }

  /** What the other stations miss, they are told later, or find in the store: it keeps nobody from working. */
  async #trying(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!this.#signal.aborted && asStationFault(error).code !== 'QUE-UNAVAILABLE') throw error;
      this.#parts.onTrouble('queue', error);
    }
  }

  /** Orders that another station made are over here as well; a batch may end with them. */
  async #listen(): Promise<void> {
    const { site } = this.#queue;
    if (site === undefined) return;
    const waiting = this.#core.store.makeable(dueStates, TOLD_AT_ONCE).flatMap(({ orderId }) => (orderId === this.#current ? [] : [orderId]));
    await this.#trying(() => site.learn(waiting, this.#limit()));
  }

  async #tell(): Promise<void> {
    try {
      await reportUntold(this.#core, this.#queue.claims, this.#current, this.#limit());
      const due = this.#due();
      const { ownLane } = this.#queue;
      if (this.#queue.site === undefined) await this.#queue.queue.enqueueAll(ownLane === undefined ? due : due.map((order) => ({ ...order, lane: ownLane })), this.#limit());
      else await this.#queue.site.tell(due, this.#limit());
    } catch (error) {
      if (this.#signal.aborted) return;
      if (asStationFault(error).code !== 'QUE-UNAVAILABLE') throw error;
      this.#parts.onTrouble('queue', error);
    }
  }

  /** Orders that may be made now, as the queue shall see them: a batch stays together in its own order, express may cut in. */
  #due(): readonly QueuedOrder[] {
    const { store } = this.#core;
    const begun = this.#core.journal.openAttempts().flatMap(({ orderId }) => store.summaryOf(orderId) ?? []);
    // Orders that nobody can make must not keep the others from being told.
    const most = TOLD_AT_ONCE + Math.min(this.impossible.length, TOLD_AT_ONCE * 10);
    const told = new Map([...begun, ...store.makeable(dueStates, most)].map((order) => [order.orderId, order]));
    const orders = [...told.values()].filter(({ orderId, state }) => orderId !== this.#current && dueStates.some((due) => due === state));
    const inBatch = (orderId: string): string => store.batches.batchOf(orderId) ?? '';
    const earliest = new Map<string, number>();
    for (const { orderId, express, dueAt } of orders) {
      const batchId = inBatch(orderId);
      if (batchId !== '' && !express) earliest.set(batchId, Math.min(earliest.get(batchId) ?? Number.MAX_SAFE_INTEGER, priorityOf({ express, dueAt })));
    }
    const place = new Map([...earliest.keys()].flatMap((batchId) => store.batches.ordersOf(batchId).map((orderId, index): readonly [string, number] => [orderId, index])));
    return orders
      .map(({ orderId, express, dueAt }) => ({ orderId, priority: (express ? undefined : earliest.get(inBatch(orderId))) ?? priorityOf({ express, dueAt }) }))
      .toSorted((one, other) => one.priority - other.priority || (place.get(one.orderId) ?? 0) - (place.get(other.orderId) ?? 0));
  }

  /** Not while its batch is being put together, paused, or over; an order that has an open attempt is always finished. */
  #mayBeMade(orderId: string): boolean {
    const batchId = this.#core.store.batches.batchOf(orderId);
    const batch = batchId === null ? null : this.#core.store.batches.find(batchId);
    return batch === null || batch.state === 'RUNNING' || this.#isBegun(orderId);
  }

  #isBegun(orderId: string): boolean {
    return this.#core.journal.openAttempts().some((open) => open.orderId === orderId);
  }

  /** What the handler throws ends the daemon: it must not go on without its journal or its store. */
  async #handle(orderId: string): Promise<HandlerAnswer> {
    const { state } = this.#core.store.summaryOf(orderId) ?? {};
    const ofOthers = state === undefined && this.#queue.site !== undefined;
    if (!ofOthers && !this.#isBegun(orderId) && (!dueStates.some((due) => due === state) || !this.#mayBeMade(orderId))) return 'done';
    this.#current = orderId;
    try {
      await this.#sayIdle(false);
      return await this.#handleAttended(orderId);
    } catch (error) {
      // What is settled and could not be told is told with the next orders; what is not begun comes back.
      if (!this.#signal.aborted && asStationFault(error).code === 'QUE-UNAVAILABLE') {
        this.#parts.onTrouble('queue', error);
        return { deferMs: REMIND_MS };
      }
      this.#broken.abort(error);
      throw error;
    } finally {
      this.#current = null;
      await this.#endBatchOf(orderId);
      await this.#parts.rested?.();
      await this.#sayIdle(true);
    }
  }

  async #sayIdle(idle: boolean): Promise<void> {
    await this.#trying(async () => this.#queue.site?.setIdle(idle, this.#limit()));
  }

  /** While a person mends the machine the order stays in hand, so that it goes on first. */
  async #handleAttended(orderId: string): Promise<HandlerAnswer> {
    const person = patientWith(this.#parts.attendant);
    for (;;) {
      const answer = await this.#handler.handle(orderId);
      const reason = this.#pause;
      const held = this.#held;
      this.#pause = null;
      this.#held = false;
      if (held && (await answerWith(this.#core.journal, person, orderId))) continue;
      if (reason === null) return answer;
      if (!(await person.mend(reason, orderId, [orderId])) && !(await this.#waitForPerson({ reason, orderId }))) return answer;
      // A person was at the bench: ribbon and blanks may be others now.
      await this.#queue.site?.lookAtBench();
      this.#handler.resume();
    }
  }

  /** False when the daemon shall end meanwhile. */
  async #waitForPerson(wait: MachineWait): Promise<boolean> {
    this.#waitsFor = wait;
    const over = AbortSignal.any([this.#drain, this.#signal]);
    try {
      return await new Promise<boolean>((resolve) => {
        if (over.aborted) resolve(false);
        over.addEventListener('abort', () => resolve(false), { once: true });
        this.#goOn = () => resolve(true);
      });
    } finally {
      this.#waitsFor = null;
    }
  }

  #told(orderId: string, result: WorkResult): void {
    if (result.kind === 'paused') this.#pause = result.reason;
    if (result.kind === 'held') this.#held = true;
    this.#parts.listener(orderId, result);
  }

  async #endBatchOf(orderId: string): Promise<void> {
    const batchId = batchToEnd(this.#core.store, orderId);
    if (batchId === null) return;
    await this.#parts.keeper?.handBack(batchId);
    endBatch(this.#core.store, batchId);
  }

  #limit(): Wait {
    return { signal: this.#signal, timeoutMs: ENQUEUE_TIMEOUT_MS };
  }
}
