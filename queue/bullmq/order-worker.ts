import { DelayedError, WaitingError, Worker, type Job } from 'bullmq';
import { within, type Clock, type Wait } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { RedisLink } from '../redis/redis-link.ts';
import { keepFinished, type OrderJobData, type QueueAddress } from './queue-address.ts';
import { watchWorker } from './worker-watchdog.ts';
import type { LaneMember, OrderHandler, OrderQueue } from './work-queue.ts';

/** Times of a worker in milliseconds; the defaults are those of queue.md 1.2 and only a test has reason for others. */
export interface WorkerTiming {
  readonly lockMs: number;
  readonly stalledCheckMs: number;
  /** Pause before a report that failed ("completed") is tried again. */
  readonly reportRetryMs: number;
  /** How often the watchdog looks, and how long nothing may start while jobs wait. */
  readonly watchMs: number;
  /** When an order comes back whose handler threw. */
  readonly faultDeferMs: number;
  /** How long disposal waits for the order in hand. */
  readonly stopMs: number;
}

export const workerTiming: WorkerTiming = { lockMs: 90_000, stalledCheckMs: 30_000, reportRetryMs: 1_500, watchMs: 30_000, faultDeferMs: 30_000, stopMs: 600_000 };

/** How long a worker may take to say goodbye to the server after its last order, in milliseconds. */
const farewellMs = 5_000;
/** How long handing back a predecessor's orders may take before the worker starts without, in milliseconds. */
const handBackMs = 10_000;

export interface OrderWorkerOptions {
  readonly link: RedisLink;
  readonly queue: OrderQueue;
  readonly address: QueueAddress;
  readonly stationId: string;
  readonly clock: Clock;
  readonly handler: OrderHandler;
  /** Asked when an order comes: false hands it back untouched, because another worker of this station has one in hand. */
  readonly enter?: () => boolean;
  /** Hears what the handler threw; the order comes back after `faultDeferMs`. */
  readonly onFault: (orderId: string, error: unknown) => void;
  readonly timing?: Partial<WorkerTiming>;
}

/**
 * Starts the consumer of a station. First it hands back what a predecessor of the same station took and never ended: a
 * station is alone, by its journal's lock.
 */
export function openOrderWorker(options: OrderWorkerOptions): LaneMember {
  const worker = new BullOrderWorker(options);
  worker.start();
  return worker;
}

type OrderJob = Job<OrderJobData, string, string>;

class BullOrderWorker implements LaneMember {
  readonly #options: OrderWorkerOptions;
  readonly #timing: WorkerTiming;
  readonly #ending = new AbortController();
  readonly #stopped = new AbortController();
  #worker: Worker<OrderJobData, string, string>;
  #current: string | null = null;
  #inHand: Promise<unknown> = Promise.resolve();
  #paused = false;
  #lastSign: number;

  constructor(options: OrderWorkerOptions) {
    this.#options = options;
    this.#timing = { ...workerTiming, ...options.timing };
    this.#lastSign = options.clock.steady();
    this.#worker = this.#build();
    watchWorker({
      clock: options.clock,
      queue: options.queue,
      watchMs: this.#timing.watchMs,
      signal: this.#stopped.signal,
      idleSince: () => (this.#paused || this.#current !== null ? null : this.#lastSign),
      rebuild: () => this.#rebuild(),
      onError: options.link.onError,
    });
  }

  start(): void {
    const { link, queue, stationId } = this.#options;
    const worker = this.#worker;
    queue
      .returnAbandoned(stationId, { signal: this.#stopped.signal, timeoutMs: handBackMs })
      .catch((error: unknown) => { if (!this.#stopped.signal.aborted) link.onError(error instanceof Error ? error : new Error(String(error))); })
      .then(() => worker.run())
      .catch(link.onError);
  }

  current(): string | null {
    return this.#current;
  }

  async pause(limit: Wait): Promise<void> {
    this.#paused = true;
    await within(this.#options.clock, limit, () => this.#worker.pause());
  }

  async resume(): Promise<void> {
    this.#paused = false;
    this.#lastSign = this.#options.clock.steady();
    await this.#worker.resume();
  }

  async mayTake(may: boolean): Promise<void> {
    if (may === !this.#paused || this.#stopped.signal.aborted) return;
    if (may) return this.resume();
    this.#paused = true;
    await this.#worker.pause(true);
  }

  async stop(limit: Wait): Promise<void> {
    if (this.#stopped.signal.aborted) return;
    this.#stopped.abort();
    this.#paused = true;
    const { clock } = this.#options;
    try {
      await within(clock, limit, () => this.#inHand);
    } catch {
      this.#ending.abort();
      await this.#inHand;
    }
    await this.#close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop({ signal: new AbortController().signal, timeoutMs: this.#timing.stopMs });
  }

  #build(): Worker<OrderJobData, string, string> {
    const { link, address, stationId } = this.#options;
    const worker = new Worker<OrderJobData, string, string>(
      address.queueName,
      // Three declared parameters: BullMQ hands over the signal only then.
      (job, token, signal) => this.#take(job, token ?? '', signal),
      {
        connection: link.client,
        prefix: address.prefix,
        name: stationId,
        autorun: false,
        concurrency: 1,
        lockDuration: this.#timing.lockMs,
        stalledInterval: this.#timing.stalledCheckMs,
        maxStalledCount: 1_000,
        runRetryDelay: this.#timing.reportRetryMs,
        removeOnComplete: keepFinished,
      },
    );
    worker.on('error', link.onError);
    worker.on('lockRenewalFailed', (jobIds) => {
      for (const jobId of jobIds) worker.cancelJob(jobId, 'lock lost');
    });
    return worker;
  }

  async #take(job: OrderJob, token: string, signal: AbortSignal | undefined): Promise<string> {
    if (this.#stopped.signal.aborted || this.#options.enter?.() === false) {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    const signals = signal === undefined ? [this.#ending.signal] : [this.#ending.signal, signal];
    const work = this.#handle(job.data.orderId, AbortSignal.any(signals));
    this.#inHand = work;
    const deferMs = await work;
    if (deferMs === null) return 'done';
    await job.moveToDelayed(this.#options.clock.now() + deferMs, token);
    throw new DelayedError();
  }

  /** Null when done, else after how many milliseconds the order comes back. Never throws: no order is lost in "failed". */
  async #handle(orderId: string, signal: AbortSignal): Promise<number | null> {
    this.#current = orderId;
    try {
      const answer = await this.#options.handler(orderId, signal);
      return answer === 'done' ? null : answer.deferMs;
    } catch (error) {
      this.#options.onFault(orderId, error);
      return this.#timing.faultDeferMs;
    } finally {
      this.#current = null;
      this.#lastSign = this.#options.clock.steady();
    }
  }

  async #rebuild(): Promise<void> {
    this.#options.link.onError(new StationFault('QUE-UNAVAILABLE', { note: 'orders wait and none starts: the worker is built anew' }));
    const old = this.#worker;
    this.#lastSign = this.#options.clock.steady();
    await old.close(true);
    if (this.#stopped.signal.aborted) return;
    this.#worker = this.#build();
    this.start();
  }

  /** Lets BullMQ report the last order; when the server does not answer, the report is left to the lock's end. */
  async #close(): Promise<void> {
    try {
      await within(this.#options.clock, { signal: new AbortController().signal, timeoutMs: farewellMs }, () => this.#worker.pause());
    } catch (error) {
      this.#options.link.onError(error instanceof Error ? error : new Error(String(error)));
    }
    await this.#worker.close(true);
  }
}
