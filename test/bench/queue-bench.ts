import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { openOrderQueue } from '../../queue/bullmq/order-queue.ts';
import { openOrderWorker } from '../../queue/bullmq/order-worker.ts';
import type { QueueAddress } from '../../queue/bullmq/queue-address.ts';
import type { OrderQueue } from '../../queue/bullmq/work-queue.ts';
import { openEmbeddedRedis } from '../../queue/redis/embedded-redis.ts';
import { openRedisLink, type RedisLink } from '../../queue/redis/redis-link.ts';
import { figure, line, summarise } from './measure.ts';

const patience = { signal: new AbortController().signal, timeoutMs: 600_000 };
const address: QueueAddress = { prefix: '{bench}', queueName: 'cards' };
const INTAKE = 5_000;
const PICKS = 200;
const FILLED_AT_ONCE = 2_000;

/** Waiting orders at which picking is measured; a million when `KORTVERK_BENCH_BACKLOG=1000000` asks for it. */
const backlogs = [0, 10_000, ...(process.env['KORTVERK_BENCH_BACKLOG'] === undefined ? [] : [Number(process.env['KORTVERK_BENCH_BACKLOG'])])];

/** Intake against bare BullMQ on the same Redis, picking with a long queue, and what a waiting order takes of memory. */
export async function benchQueue(say: (text: string) => void): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'kv-bench-queue-'));
  try {
    await using redis = await openEmbeddedRedis({ dir, clock: systemClock }, patience);
    await using link = await openRedisLink({ endpoint: redis.endpoint, clock: systemClock, name: 'bench', onError: () => undefined }, patience);
    await benchIntake(link, say);
    for (const backlog of backlogs) await benchPicks(link, backlog, say);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function orders(count: number, first = 0): readonly { readonly orderId: string; readonly priority: number }[] {
  return Array.from({ length: count }, (_, index) => ({ orderId: `B${first + index}`, priority: 1_000 }));
}

async function benchIntake(link: RedisLink, say: (text: string) => void): Promise<void> {
  const bare = new Queue('bare', { connection: link.client, prefix: '{bench}' });
  const bareMs = await timed(async () => {
    for (let start = 0; start < INTAKE; start += 500) await bare.addBulk(orders(500, start).map(({ orderId, priority }) => ({ name: 'produce', data: { orderId }, opts: { jobId: `ORD-${orderId}`, priority } })));
  });
  await bare.obliterate({ force: true });
  await bare.close();
  await using queue = openOrderQueue(link, address);
  const before = await memoryBytes(link);
  const ownMs = await timed(() => queue.enqueueAll(orders(INTAKE), patience));
  const bytes = (await memoryBytes(link)) - before;
  const rate = (ms: number): string => `${Math.round((INTAKE * 1000) / ms)} a second (${INTAKE} orders)`;
  say(line('orders into the queue', rate(ownMs), { name: 'the time of bare BullMQ', ratio: ownMs / bareMs }));
  say(line('bare BullMQ on the same Redis', rate(bareMs)));
  say(line('memory of a waiting order in Redis', `${Math.round(bytes / INTAKE)} bytes`));
  await clear(link);
}

/** From an order's entry, with so many others waiting behind it, to the start of the station's work on it. */
async function benchPicks(link: RedisLink, backlog: number, say: (text: string) => void): Promise<void> {
  await using queue = openOrderQueue(link, address);
  const filledMs = await timed(() => fillQueue(link, backlog));
  if (backlog > 0) say(line(`memory of Redis, ${backlog} orders wait`, `${Math.round((await memoryBytes(link)) / 1_048_576)} MiB (filled in ${(filledMs / 1_000).toFixed(0)} s)`));
  const times: number[] = [];
  let heard: (orderId: string) => void = () => undefined;
  const worker = openOrderWorker({ link, queue, address, stationId: 'bench', clock: systemClock, onFault: () => undefined, handler: async (orderId) => {
    if (!orderId.startsWith('X')) return new Promise<'done'>((resolve) => { waiting = () => resolve('done'); ready(); });
    heard(orderId);
    return 'done';
  } });
  let waiting = (): void => undefined;
  let ready = (): void => undefined;
  for (let pick = 0; pick < PICKS; pick += 1) times.push(await pickOnce(queue, backlog > 0, pick, { onHeard: (listener) => { heard = listener; }, onReady: (listener) => { ready = listener; }, release: () => waiting() }));
  waiting();
  await worker[Symbol.asyncDispose]();
  const name = `an express order picked, ${backlog} others wait`;
  say(line(name, figure(summarise(times))));
  await clear(link);
}

/** Straight into the queue's lane: what a long backlog was told earlier. */
async function fillQueue(link: RedisLink, count: number): Promise<void> {
  const queue = new Queue(address.queueName, { connection: link.client, prefix: address.prefix });
  for (let start = 0; start < count; start += FILLED_AT_ONCE) {
    await queue.addBulk(orders(Math.min(FILLED_AT_ONCE, count - start), start).map(({ orderId, priority }) => ({ name: 'produce', data: { orderId }, opts: { jobId: `ORD-${orderId}`, priority } })));
  }
  await queue.close();
}

interface PickWires {
  onHeard(listener: (orderId: string) => void): void;
  onReady(listener: () => void): void;
  release(): void;
}

/** With others waiting the station holds one of them while the order comes in, and lets it go: what is measured is the way from the end of one order to the start of the next. */
async function pickOnce(queue: OrderQueue, busy: boolean, pick: number, wires: PickWires): Promise<number> {
  const picked = new Promise<void>((resolve) => wires.onHeard(() => resolve()));
  const held = new Promise<void>((resolve) => wires.onReady(resolve));
  if (!busy) {
    const start = performance.now();
    await queue.enqueue({ orderId: `X${pick}`, priority: 1 }, patience);
    await picked;
    return performance.now() - start;
  }
  if (pick === 0) await held;
  await queue.enqueue({ orderId: `X${pick}`, priority: 1 }, patience);
  const next = new Promise<void>((resolve) => wires.onReady(resolve));
  const start = performance.now();
  wires.release();
  await picked;
  const took = performance.now() - start;
  await next;
  return took;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function memoryBytes(link: RedisLink): Promise<number> {
  const info = await link.run(patience, (client) => client.info('memory'));
  return Number(/used_memory:(\d+)/.exec(info)?.[1] ?? 0);
}

async function clear(link: RedisLink): Promise<void> {
  await link.run(patience, (client) => client.flushall());
}
