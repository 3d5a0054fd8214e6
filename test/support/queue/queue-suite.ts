import { Queue, Worker, type Processor, type WorkerOptions } from 'bullmq';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { openOrderQueue } from '../../../queue/bullmq/order-queue.ts';
import type { QueueAddress } from '../../../queue/bullmq/queue-address.ts';
import type { OrderQueue } from '../../../queue/bullmq/work-queue.ts';
import type { RedisLink } from '../../../queue/redis/redis-link.ts';
import { TestRedis } from './test-redis.ts';

/** What a suite about BullMQ itself works with; a queue a test. */
export interface BareQueueSuite {
  readonly redis: TestRedis;
  readonly link: RedisLink;
  readonly queue: Queue;
  /** Opens a worker, closed after the test, and collects its errors. */
  readonly work: (processor: Processor | null, options?: Partial<WorkerOptions>) => { readonly worker: Worker; readonly errors: readonly string[] };
  /** Adds a job of priority 1. */
  readonly add: (jobId: string, more?: Parameters<Queue['add']>[2]) => ReturnType<Queue['add']>;
  readonly becomes: (jobId: string, state: string) => Promise<void>;
}

/** Gives a suite a Redis of its own. */
function redisSuite(): { readonly redis: TestRedis; readonly link: RedisLink } {
  let redis: TestRedis;
  let link: RedisLink;

  beforeAll(async () => {
    redis = await TestRedis.open();
    link = await redis.link();
  });
  afterAll(async () => redis[Symbol.asyncDispose]());

  return {
    get redis() { return redis; },
    get link() { return link; },
  };
}

/** Gives a suite a Redis of its own, and each test a queue of its own without anything of ours. */
export function bareQueueSuite(name: string): BareQueueSuite {
  const prefix = `{${name}}`;
  const server = redisSuite();
  let queue: Queue;
  let workers: Worker[] = [];
  let queues = 0;

  beforeEach(() => {
    queues += 1;
    workers = [];
    queue = new Queue(`${name}-${queues}`, { connection: server.link.client, prefix });
    queue.on('error', () => undefined);
  });
  afterEach(async () => {
    for (const worker of workers) await worker.close(true);
    await queue.close();
  });

  return {
    get redis() { return server.redis; },
    get link() { return server.link; },
    get queue() { return queue; },
    work: (processor, options = {}) => {
      const errors: string[] = [];
      const worker = new Worker(queue.name, processor, { connection: server.link.client, prefix, ...options });
      worker.on('error', (error) => errors.push(error.message));
      workers.push(worker);
      return { worker, errors };
    },
    add: async (jobId, more = {}) => queue.add('produce', {}, { jobId, priority: 1, ...more }),
    becomes: async (jobId, state) => expect.poll(async () => queue.getJobState(jobId), { timeout: 8_000 }).toBe(state),
  };
}

/** What a suite about the queue of orders works with; a queue a test. */
export interface OrderQueueSuite {
  readonly redis: TestRedis;
  readonly link: RedisLink;
  readonly queue: OrderQueue;
  readonly address: QueueAddress;
}

/** Gives a suite a Redis of its own, and each test an order queue of its own. */
export function orderQueueSuite(name: string): OrderQueueSuite {
  const server = redisSuite();
  let queue: OrderQueue;
  let address: QueueAddress;
  let queues = 0;

  beforeEach(() => {
    queues += 1;
    address = { prefix: `{${name}}`, queueName: `cards-${queues}` };
    queue = openOrderQueue(server.link, address);
  });
  afterEach(async () => queue[Symbol.asyncDispose]());

  return {
    get redis() { return server.redis; },
    get link() { return server.link; },
    get queue() { return queue; },
    get address() { return address; },
  };
}
