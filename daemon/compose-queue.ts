import type { Wait } from '../drivers/contracts/clock.ts';
import { DisposalStack } from '../drivers/contracts/disposal.ts';
import { asStationFault } from '../drivers/contracts/fault.ts';
import { openLaneQueue } from '../queue/bullmq/lane-queue.ts';
import { openLaneWorker } from '../queue/bullmq/lane-worker.ts';
import type { WorkerTiming } from '../queue/bullmq/order-worker.ts';
import type { OrderHandler, OrderWorker } from '../queue/bullmq/work-queue.ts';
import { openClaimDesk } from '../queue/claim/claim-desk.ts';
import { openRedisClaims } from '../queue/claim/redis-claims.ts';
import { isSettledByPerson } from '../queue/claim/retired-stations.ts';
import { checkRedisIsSafe } from '../queue/redis/redis-gate.ts';
import { openRedisLink } from '../queue/redis/redis-link.ts';
import { commonLane, laneOf } from '../queue/stations/abilities.ts';
import { redisEndpoint, redisPrefix, remoteEndpoint } from './compose-redis.ts';
import { mustBeEnrolled, openSite } from './compose-site.ts';
import type { StationConfig } from './config/station-config.ts';
import { toldOnce } from './observe/told-once.ts';
import { reportUntold } from './station/report-outcome.ts';
import type { StationCore, StationQueue } from './station/station-rooms.ts';

const OPEN_TIMEOUT_MS = 60_000;
const PUBLISH_TIMEOUT_MS = 20_000;
/** How long a station that starts asks whether it may, before it goes on without an answer. */
const STANDING_TIMEOUT_MS = 10_000;

/** The queue side of a station, and how to start its worker and to close it. */
export interface OpenedQueue extends AsyncDisposable {
  readonly queue: StationQueue;
  openWorker(handler: OrderHandler): OrderWorker;
}

/** Told of troubles of the link to Redis; they mend themselves or end in a fault elsewhere. */
export type TroubleListener = (where: string, error: unknown) => void;

/**
 * Connects to Redis (starting the station's own where none is configured), refuses an unsafe one, tells it what this
 * station owns, reports outcomes that a former process could not, and joins the other stations of the site. `timing` is for campaigns, which freeze stations
 * beyond their lock. Throws `QUE-UNSAFE`, `QUE-IN-USE`, `QUE-UNAVAILABLE`.
 */
export async function openQueue(config: StationConfig, core: StationCore, onTrouble: TroubleListener, signal: AbortSignal, timing: Partial<WorkerTiming> = {}): Promise<OpenedQueue> {
  await using opened = new DisposalStack();
  const told = toldOnce(onTrouble, core.clock);
  const limit: Wait = { signal, timeoutMs: OPEN_TIMEOUT_MS };
  const { id: stationId, stations = [config.station.id] } = config.station;
  const endpoint = await redisEndpoint(config, core.clock, opened, limit);
  const link = opened.use(await openRedisLink({ endpoint, clock: core.clock, name: `kortverk-${stationId}`, onError: (error) => told('redis', error) }, limit));
  await checkRedisIsSafe(link, redisPrefix, limit);
  if (stations.length > 1) await mustBeEnrolled(config, link, limit);
  const claims = openRedisClaims({ link, stationId, stations, prefix: redisPrefix });
  opened.use(claims);
  const desk = opened.use(openClaimDesk({ claims, journal: core.journal, stationId, link, requireSafe: (within) => checkRedisIsSafe(link, redisPrefix, within), publishTimeoutMs: PUBLISH_TIMEOUT_MS, onError: (error) => told('claims', error) }));
  await desk.publish(limit);
  await reportUntold(core, desk, null, limit);
  const queue = opened.use(openLaneQueue(link, redisPrefix, commonLane));
  const site = await openSite(config, core, { link, queue, claims }, opened, signal);
  const ownLane = site === null && stations.length > 1 ? laneOf([stationId], stations).name : null;
  const held = opened.move();
  return {
    queue: { claims: desk, queue, ...(site === null ? {} : { site }), ...(ownLane === null ? {} : { ownLane }) },
    openWorker: (handler) =>
      openLaneWorker({
        link, queue, commonLane, prefix: redisPrefix, stationId, clock: core.clock, handler, timing,
        lanes: site !== null ? (within) => site.lanes(within) : ownLane === null ? null : async () => [ownLane],
        onFault: (orderId, error) => onTrouble(`order ${orderId}`, error),
      }),
    [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
  };
}

/**
 * Before a station of a site touches a card: whether it may. Open attempts that a person settled meanwhile are no longer its
 * own: they are ended without a good card. A server that does not answer keeps nobody from ending the card inside.
 * Throws `QUE-RETIRED`.
 */
export async function checkStanding({ station, queue }: StationConfig, core: StationCore, onTrouble: TroubleListener, signal: AbortSignal): Promise<void> {
  if (queue.kind === 'embedded' || (station.stations ?? [station.id]).length < 2) return;
  const limit: Wait = { signal, timeoutMs: STANDING_TIMEOUT_MS };
  try {
    await using link = await openRedisLink({ endpoint: remoteEndpoint(queue), clock: core.clock, name: `kortverk-${station.id}-standing`, onError: () => undefined }, limit);
    await mustBeEnrolled({ station }, link, limit);
    for (const { orderId, fence } of core.journal.openAttempts()) {
      if (await isSettledByPerson({ link, prefix: redisPrefix }, orderId, fence, limit)) core.store.setState(orderId, 'MADE_ELSEWHERE', { reasons: ['QUE-OTHER-STATION'] });
    }
  } catch (error) {
    if (asStationFault(error).code !== 'QUE-UNAVAILABLE') throw error;
    onTrouble('standing', error);
  }
}
