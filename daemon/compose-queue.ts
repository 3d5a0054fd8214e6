import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import type { Clock, Wait } from '../drivers/contracts/clock.ts';
import { DisposalStack } from '../drivers/contracts/disposal.ts';
import { Secret } from '../drivers/contracts/secret.ts';
import { openOrderQueue } from '../queue/bullmq/order-queue.ts';
import { openOrderWorker, type WorkerTiming } from '../queue/bullmq/order-worker.ts';
import type { QueueAddress } from '../queue/bullmq/queue-address.ts';
import type { OrderHandler, OrderWorker } from '../queue/bullmq/work-queue.ts';
import { openClaimDesk } from '../queue/claim/claim-desk.ts';
import { openRedisClaims } from '../queue/claim/redis-claims.ts';
import { openEmbeddedRedis } from '../queue/redis/embedded-redis.ts';
import type { RedisEndpoint } from '../queue/redis/redis-endpoint.ts';
import { checkRedisIsSafe } from '../queue/redis/redis-gate.ts';
import { openRedisLink } from '../queue/redis/redis-link.ts';
import type { StationConfig } from './config/station-config.ts';
import { reportOutcome } from './station/report-outcome.ts';
import type { StationCore, StationQueue } from './station/station-rooms.ts';

const OPEN_TIMEOUT_MS = 60_000;
const PUBLISH_TIMEOUT_MS = 20_000;
const PREFIX = 'kortverk';

/** The queue side of a station, and how to start its worker and to close it. */
export interface OpenedQueue extends AsyncDisposable {
  readonly queue: StationQueue;
  openWorker(handler: OrderHandler): OrderWorker;
}

/** Told of troubles of the link to Redis; they mend themselves or end in a fault elsewhere. */
export type TroubleListener = (where: string, error: unknown) => void;

/**
 * Connects to Redis (starting the station's own where none is configured), refuses an unsafe one, tells it what this
 * station owns, and reports outcomes that a former process could not. `timing` is for campaigns, which freeze stations
 * beyond their lock. Throws `QUE-UNSAFE`, `QUE-IN-USE`, `QUE-UNAVAILABLE`.
 */
export async function openQueue(config: StationConfig, core: StationCore, onTrouble: TroubleListener, signal: AbortSignal, timing: Partial<WorkerTiming> = {}): Promise<OpenedQueue> {
  await using opened = new DisposalStack();
  const limit: Wait = { signal, timeoutMs: OPEN_TIMEOUT_MS };
  const { id: stationId, stations = [config.station.id] } = config.station;
  const endpoint = await redisEndpoint(config, core.clock, opened, limit);
  const link = opened.use(await openRedisLink({ endpoint, clock: core.clock, name: `kortverk-${stationId}`, onError: (error) => onTrouble('redis', error) }, limit));
  await checkRedisIsSafe(link, PREFIX, limit);
  const claims = openRedisClaims({ link, stationId, stations, prefix: PREFIX });
  opened.use(claims);
  const desk = opened.use(openClaimDesk({ claims, journal: core.journal, stationId, link, publishTimeoutMs: PUBLISH_TIMEOUT_MS, onError: (error) => onTrouble('claims', error) }));
  await desk.publish(limit);
  for (const open of core.journal.unreported()) {
    if (open.outcome === 'again') core.journal.append(open, { kind: 'reported', outcome: 'again' });
    else await reportOutcome(core, desk, open, open.outcome, limit);
  }
  const address: QueueAddress = { prefix: PREFIX, queueName: 'cards' };
  const queue = opened.use(openOrderQueue(link, address));
  const held = opened.move();
  return {
    queue: { claims: desk, queue },
    openWorker: (handler) => openOrderWorker({ link, queue, address, stationId, clock: core.clock, handler, timing, onFault: (orderId, error) => onTrouble(`order ${orderId}`, error) }),
    [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
  };
}

async function redisEndpoint(config: StationConfig, clock: Clock, opened: DisposalStack, limit: Wait): Promise<RedisEndpoint> {
  if (config.queue.kind === 'embedded') return opened.use(await openEmbeddedRedis({ dir: join(config.dataDir, 'redis'), clock }, limit)).endpoint;
  const { host, port, username, passwordFile, tls } = config.queue;
  return {
    kind: 'server',
    host,
    port,
    tls,
    ...(username === undefined ? {} : { username }),
    ...(passwordFile === undefined ? {} : { password: Secret.take(readFileSync(passwordFile)) }),
  };
}
