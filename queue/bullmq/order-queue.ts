import { Queue, type Job, type JobsOptions } from 'bullmq';
import type { Wait } from '../../drivers/contracts/clock.ts';
import type { RedisLink } from '../redis/redis-link.ts';
import { jobIdOf, keepFinished, type OrderJobData, type QueueAddress } from './queue-address.ts';
import type { OrderQueue, QueueCounts, QueuedOrder } from './work-queue.ts';

/** Jobs of one call to the server. */
const addedAtOnce = 500;
/** How long a job that is handed back may be ours while it moves, in milliseconds. */
const handBackLockMs = 10_000;

/** The queue of orders, on a link that stays the caller's. */
export function openOrderQueue(link: RedisLink, address: QueueAddress): OrderQueue {
  const queue = new Queue<OrderJobData, string, string>(address.queueName, { connection: link.client, prefix: address.prefix });
  queue.on('error', link.onError);
  return new BullOrderQueue(queue, link, address);
}

class BullOrderQueue implements OrderQueue {
  readonly #queue: Queue<OrderJobData, string, string>;
  readonly #link: RedisLink;
  readonly #address: QueueAddress;

  constructor(queue: Queue<OrderJobData, string, string>, link: RedisLink, address: QueueAddress) {
    this.#queue = queue;
    this.#link = link;
    this.#address = address;
  }

  async enqueue(order: QueuedOrder, limit: Wait): Promise<void> {
    await this.#link.run(limit, async () => {
      await this.#queue.add('produce', { orderId: order.orderId }, optionsOf(order));
      await this.#wake(order);
    });
  }

  async enqueueAll(orders: readonly QueuedOrder[], limit: Wait): Promise<void> {
    for (let start = 0; start < orders.length; start += addedAtOnce) {
      const some = orders.slice(start, start + addedAtOnce);
      await this.#link.run(limit, async () => {
        await this.#queue.addBulk(some.map((order) => ({ name: 'produce', data: { orderId: order.orderId }, opts: optionsOf(order) })));
        await Promise.all(some.map((order) => this.#wake(order)));
      });
    }
  }

  /** An order whose job is already there is not added again by BullMQ: a finished one is replaced, one that was put off comes at once, a waiting one is moved. */
  async #wake(order: QueuedOrder): Promise<void> {
    const jobId = jobIdOf(order.orderId);
    const state = await this.#queue.getJobState(jobId);
    if (state === 'completed' || state === 'failed') {
      await this.#queue.remove(jobId);
      await this.#queue.add('produce', { orderId: order.orderId }, optionsOf(order));
      return;
    }
    if (state !== 'prioritized' && state !== 'waiting' && state !== 'delayed') return;
    const job = await this.#queue.getJob(jobId);
    if (job === undefined) return;
    if (state === 'delayed') await this.#promote(job);
    if (job.priority !== order.priority) await job.changePriority({ priority: order.priority });
  }

  /** Its time may come while it is promoted: then there is nothing left to do. */
  async #promote(job: Job<OrderJobData, string, string>): Promise<void> {
    try {
      await job.promote();
    } catch (error) {
      if ((await job.getState()) === 'delayed') throw error;
    }
  }

  async remove(orderId: string, limit: Wait): Promise<boolean> {
    return this.#link.run(limit, async () => {
      const state = await this.#queue.getJobState(jobIdOf(orderId));
      if (state === 'active' || state === 'unknown') return false;
      return (await this.#queue.remove(jobIdOf(orderId))) === 1;
    });
  }

  async counts(limit: Wait): Promise<QueueCounts> {
    const counts = await this.#link.run(limit, () => this.#queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'failed'));
    const of = (state: string): number => counts[state] ?? 0;
    return { waiting: of('waiting') + of('prioritized'), active: of('active'), delayed: of('delayed'), failed: of('failed') };
  }

  async nextPriority(limit: Wait): Promise<number | null> {
    const [job] = await this.#link.run(limit, () => this.#queue.getJobs(['prioritized'], 0, 0, true));
    return job?.priority ?? null;
  }

  async returnAbandoned(stationId: string, limit: Wait): Promise<number> {
    return this.#link.run(limit, async () => {
      let returned = 0;
      for (const job of await this.#queue.getActive()) {
        if (job.processedBy !== stationId || job.id === undefined) continue;
        const token = `hand-back:${stationId}`;
        await this.#link.client.set(`${this.#address.prefix}:${this.#address.queueName}:${job.id}:lock`, token, 'PX', handBackLockMs);
        await job.moveToWait(token);
        returned += 1;
      }
      return returned;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue.close();
  }
}

function optionsOf(order: QueuedOrder): JobsOptions {
  return { jobId: jobIdOf(order.orderId), priority: order.priority, removeOnComplete: keepFinished, removeOnFail: false };
}
