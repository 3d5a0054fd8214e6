import { asStationFault, type FaultCode } from '../../drivers/contracts/fault.ts';
import type { HandlerAnswer, OrderHandler as QueueHandler, OrderWorker } from '../../queue/bullmq/work-queue.ts';
import { answerWith, patientWith, type Attendant } from './attendant.ts';
import { OrderHandler, type WorkListener, type WorkResult } from './order-handler.ts';
import type { StationCore, StationQueue } from './station-rooms.ts';

const ENQUEUE_TIMEOUT_MS = 30_000;
/** How often an idle station tells the queue again what is not made: a server that lost its data forgot it. */
const REMIND_MS = 5_000;
const COUNT_TIMEOUT_MS = 5_000;
const STOP_TIMEOUT_MS = 600_000;

/** How a batch ended: every order came to an end, or the machine waits for a person. */
export type BatchEnd =
  | { readonly kind: 'complete' }
  | { readonly kind: 'paused'; readonly reason: FaultCode; readonly orderId: string; readonly left: readonly string[] };

/** What a batch is run with. */
export interface BatchRun {
  /** Order ids in the order in which they shall be made. */
  readonly orderIds: readonly string[];
  readonly attendant: Attendant;
  readonly listener: WorkListener;
  /** Starts the queue's worker on a handler. */
  readonly openWorker: (handler: QueueHandler) => OrderWorker;
}

/**
 * Produces the orders of a batch to the end. `drain` lets the card in the machine be finished and leaves the rest in
 * the queue; `signal` ends at once, wherever the card is.
 */
export async function runBatch(core: StationCore, queue: StationQueue, batch: BatchRun, drain: AbortSignal, signal: AbortSignal): Promise<BatchEnd> {
  const run = new RunningBatch(core, queue, batch, drain, signal);
  return run.run();
}

class RunningBatch {
  readonly #core: StationCore;
  readonly #queue: StationQueue;
  readonly #batch: BatchRun;
  readonly #drain: AbortSignal;
  readonly #signal: AbortSignal;
  readonly #handler: OrderHandler;
  readonly #ofBatch: ReadonlySet<string>;
  readonly #left: Set<string>;
  readonly #ended: PromiseWithResolver<BatchEnd>;
  readonly #held = new Set<string>();
  #pause: { readonly reason: FaultCode; readonly orderId: string } | null = null;
  #inHand: string | null = null;

  constructor(core: StationCore, queue: StationQueue, batch: BatchRun, drain: AbortSignal, signal: AbortSignal) {
    this.#core = core;
    this.#queue = queue;
    this.#batch = batch;
    this.#drain = drain;
    this.#signal = signal;
    this.#ofBatch = new Set(batch.orderIds);
    this.#left = new Set(batch.orderIds);
    this.#ended = withResolver();
    this.#handler = new OrderHandler(core, queue, (orderId, result) => this.#told(orderId, result), signal);
  }

  async run(): Promise<BatchEnd> {
    if (this.#left.size === 0) return { kind: 'complete' };
    if (this.#drain.aborted) return { kind: 'paused', reason: 'STA-ABORTED', orderId: '', left: [...this.#left] };
    await this.#enqueueLeft(this.#signal);
    const stop = (): void => this.#ended.resolve({ kind: 'paused', reason: 'STA-ABORTED', orderId: '', left: [...this.#left] });
    this.#drain.addEventListener('abort', stop, { once: true });
    await using worker = this.#batch.openWorker((orderId) => this.#handle(orderId));
    const over = new AbortController();
    const reminding = this.#remind(AbortSignal.any([over.signal, this.#signal]));
    try {
      return await this.#ended.promise;
    } finally {
      over.abort();
      await reminding;
      this.#drain.removeEventListener('abort', stop);
      await worker.stop({ signal: new AbortController().signal, timeoutMs: STOP_TIMEOUT_MS });
    }
  }

  async #enqueueLeft(signal: AbortSignal): Promise<void> {
    const orders = this.#batch.orderIds.flatMap((orderId, index) => (this.#left.has(orderId) && orderId !== this.#inHand ? [{ orderId, priority: index + 1 }] : []));
    await this.#queue.queue.enqueueAll(orders, { signal, timeoutMs: ENQUEUE_TIMEOUT_MS });
  }

  /** The outbox of a batch: the queue may forget, the batch does not. Told only when nothing waits, so that a long queue costs nothing. An unreachable server is tried again at the next time. */
  async #remind(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#core.clock.sleep(REMIND_MS, signal);
        if (this.#inHand === null) await this.#hearOfOthers(signal);
        if (this.#inHand === null && (await this.#queue.queue.counts({ signal, timeoutMs: COUNT_TIMEOUT_MS })).waiting === 0) await this.#enqueueLeft(signal);
      } catch (error) {
        if (!signal.aborted && asStationFault(error).code !== 'QUE-UNAVAILABLE') this.#ended.reject(error);
      }
    }
  }

  /** Orders that other stations ended: their wake-ups went there, and no other will come here. */
  async #hearOfOthers(signal: AbortSignal): Promise<void> {
    const ended = await this.#queue.claims.ended([...this.#left], { signal, timeoutMs: COUNT_TIMEOUT_MS });
    for (const [orderId, { outcome }] of ended) {
      if (!this.#left.has(orderId) || orderId === this.#inHand) continue;
      this.#batch.listener(orderId, { kind: 'already', outcome });
      this.#ends(orderId);
    }
  }

  /** Wake-ups of former runs lie in the queue: a batch makes its own orders, what is begun, and what other stations leave to it. */
  #isOfBatch(orderId: string): boolean {
    const { store, journal } = this.#core;
    return this.#ofBatch.has(orderId) || store.summaryOf(orderId) === null || journal.openAttempts().some((open) => open.orderId === orderId);
  }

  /** What the handler throws ends the batch: the daemon must not go on without its journal or its store. */
  async #handle(orderId: string): Promise<HandlerAnswer> {
    this.#inHand = orderId;
    try {
      if (!this.#isOfBatch(orderId)) return 'done';
      return await this.#handleAttended(orderId);
    } catch (error) {
      this.#ended.reject(error);
      throw error;
    } finally {
      this.#inHand = null;
    }
  }

  /** While a person mends the machine the order stays in hand, so that it goes on first; where mending does not help, the batch ends with what the machine says. */
  async #handleAttended(orderId: string): Promise<HandlerAnswer> {
    const person = patientWith(this.#batch.attendant);
    for (;;) {
      const answer = await this.#handler.handle(orderId);
      const pause = this.#pause;
      this.#pause = null;
      if (this.#held.delete(orderId) && (await answerWith(this.#core.journal, person, orderId))) continue;
      if (pause === null) {
        // An order that was put off (stations are still telling what they own) is not over.
        if (answer === 'done') this.#ends(orderId);
        return answer;
      }
      if (!(await person.mend(pause.reason, pause.orderId, [...this.#left]))) {
        this.#ended.resolve({ kind: 'paused', reason: pause.reason, orderId: pause.orderId, left: [...this.#left] });
        return answer;
      }
      this.#handler.resume();
    }
  }

  #told(orderId: string, result: WorkResult): void {
    this.#batch.listener(orderId, result);
    if (result.kind === 'paused') this.#pause = { reason: result.reason, orderId };
    if (result.kind === 'held') this.#held.add(orderId);
    if (result.kind === 'foreign') this.#ends(orderId);
  }

  #ends(orderId: string): void {
    this.#left.delete(orderId);
    if (this.#left.size === 0) this.#ended.resolve({ kind: 'complete' });
  }
}

interface PromiseWithResolver<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

function withResolver<T>(): PromiseWithResolver<T> {
  let settle: Omit<PromiseWithResolver<T>, 'promise'> = { resolve: () => undefined, reject: () => undefined };
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, resolve: (value) => settle.resolve(value), reject: (error) => settle.reject(error) };
}
