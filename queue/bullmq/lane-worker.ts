import type { Wait } from '../../drivers/contracts/clock.ts';
import type { LaneQueue } from './lane-queue.ts';
import { openOrderWorker, type OrderWorkerOptions } from './order-worker.ts';
import type { LaneMember, OrderWorker } from './work-queue.ts';

/** How often a station looks for lanes that it serves and does not know yet, in milliseconds. */
const lookForLanesMs = 2_000;
/** How long the lane with the most urgent order goes first, before the others may take one too. */
const goFirstMs = 300;
const lookTimeoutMs = 10_000;

export interface LaneWorkerOptions extends Omit<OrderWorkerOptions, 'queue' | 'address' | 'enter'> {
  readonly queue: LaneQueue;
  readonly prefix: string;
  readonly commonLane: string;
  /** The lanes that this station serves beside the common one, as they are now; null where there are no others. */
  readonly lanes: ((limit: Wait) => Promise<readonly string[]>) | null;
}

/**
 * The consumer of a station that serves several lanes: a worker a lane, of which one at a time has an order in hand.
 * After each order the lane whose next order is the most urgent goes first. A station with one lane is one worker and nothing else.
 */
export function openLaneWorker(options: LaneWorkerOptions): OrderWorker {
  const worker = new LaneWorker(options);
  worker.start();
  return worker;
}

class LaneWorker implements OrderWorker {
  readonly #options: LaneWorkerOptions;
  readonly #workers = new Map<string, LaneMember>();
  readonly #ended = new AbortController();
  #busy = false;
  #paused = false;
  /** Ends the wait for the lane that goes first: an order was taken. */
  #taken = new AbortController();
  #turn: Promise<void> = Promise.resolve();

  constructor(options: LaneWorkerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#open(this.#options.commonLane);
    if (this.#options.lanes !== null) this.#look(this.#options.lanes).catch((error: unknown) => this.#tell(error));
  }

  current(): string | null {
    for (const worker of this.#workers.values()) if (worker.current() !== null) return worker.current();
    return null;
  }

  async pause(limit: Wait): Promise<void> {
    this.#paused = true;
    await Promise.all([...this.#workers.values()].map((worker) => worker.pause(limit)));
  }

  async resume(): Promise<void> {
    this.#paused = false;
    await Promise.all([...this.#workers.values()].map((worker) => worker.resume()));
  }

  async stop(limit: Wait): Promise<void> {
    this.#ended.abort();
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop(limit)));
    await this.#turn;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await Promise.all([...this.#workers.values()].map((worker) => worker[Symbol.asyncDispose]()));
    await this.#turn;
  }

  async #mayTake(may: boolean): Promise<void> {
    await Promise.all([...this.#workers.values()].map((worker) => worker.mayTake(may)));
  }

  #open(lane: string): void {
    if (this.#workers.has(lane)) return;
    const { queue, prefix, handler, ...rest } = this.#options;
    const worker = openOrderWorker({
      ...rest,
      queue: queue.lane(lane),
      address: { prefix, queueName: lane },
      enter: () => this.#enter(),
      handler: async (orderId, signal) => {
        try {
          return await handler(orderId, signal);
        } finally {
          this.#leave();
        }
      },
    });
    this.#workers.set(lane, worker);
    if (this.#busy || this.#paused) this.#inTurn(() => worker.mayTake(false));
  }

  async #look(lanes: (limit: Wait) => Promise<readonly string[]>): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#ended;
    while (!signal.aborted) {
      try {
        for (const lane of await lanes({ signal, timeoutMs: lookTimeoutMs })) if (!signal.aborted) this.#open(lane);
        await clock.sleep(lookForLanesMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#tell(error);
        await clock.sleep(lookForLanesMs, signal).catch(() => undefined);
      }
    }
  }

  #enter(): boolean {
    if (this.#busy) return false;
    this.#busy = true;
    this.#taken.abort();
    if (this.#workers.size > 1) this.#inTurn(() => this.#mayTake(false));
    return true;
  }

  #leave(): void {
    this.#busy = false;
    if (this.#workers.size > 1) this.#inTurn(() => this.#reopen());
  }

  /** The most urgent lane first; the others follow a moment later, where no order was taken meanwhile. */
  async #reopen(): Promise<void> {
    if (this.#busy || this.#paused) return;
    this.#taken = new AbortController();
    const first = await this.#mostUrgent();
    await first?.mayTake(true);
    if (first !== null) await this.#untilTaken();
    if (!this.#busy && !this.#paused) await this.#mayTake(true);
  }

  async #untilTaken(): Promise<void> {
    const { signal } = this.#taken;
    try {
      await this.#options.clock.sleep(goFirstMs, AbortSignal.any([signal, this.#ended.signal]));
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #mostUrgent(): Promise<LaneMember | null> {
    const limit: Wait = { signal: this.#ended.signal, timeoutMs: lookTimeoutMs };
    const next = await Promise.all([...this.#workers].map(async ([lane, worker]) => ({ worker, priority: await this.#options.queue.lane(lane).nextPriority(limit) })));
    const waiting = next.flatMap(({ worker, priority }) => (priority === null ? [] : [{ worker, priority }]));
    return waiting.toSorted((one, other) => one.priority - other.priority)[0]?.worker ?? null;
  }

  /** One after another; what fails (an outage) opens every lane, for an urgent order first is only an order of service. */
  #inTurn(work: () => Promise<void>): void {
    const before = this.#turn;
    this.#turn = (async () => {
      await before;
      try {
        await work();
      } catch (error) {
        if (this.#ended.signal.aborted) return;
        this.#tell(error);
        if (!this.#busy && !this.#paused) await this.#mayTake(true);
      }
    })();
  }

  #tell(error: unknown): void {
    if (!this.#ended.signal.aborted) this.#options.link.onError(error instanceof Error ? error : new Error(String(error)));
  }
}
