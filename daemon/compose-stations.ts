import { systemClock, type Wait } from '../drivers/contracts/clock.ts';
import { StationFault } from '../drivers/contracts/fault.ts';
import { answerForStation } from '../queue/claim/answer-for-station.ts';
import { enrolStation, openClaims, retiredStations, retireStation, settleForStation, type Settlement } from '../queue/claim/retired-stations.ts';
import { openRedisLink, type RedisLink } from '../queue/redis/redis-link.ts';
import type { AbilityWord } from '../queue/stations/abilities.ts';
import { openRoster } from '../queue/stations/roster.ts';
import { redisPrefix, remoteEndpoint } from './compose-redis.ts';
import { readStationConfig } from './config/read-config.ts';
import type { StationConfig } from './config/station-config.ts';

const TIMEOUT_MS = 30_000;
/** A station announces itself every fifteen seconds: one that was heard of within this time is working. */
const HEARD_MS = 60_000;
const limit: Wait = { signal: new AbortController().signal, timeoutMs: TIMEOUT_MS };

/** One station of the site, as the server knows it. */
export interface StationView {
  readonly station: string;
  /** Milliseconds since 1970 UTC; null when it never announced itself since the server began. */
  readonly heardAt: number | null;
  readonly working: boolean;
  readonly idle: boolean;
  readonly retiredBy: string | null;
  readonly abilities: readonly AbilityWord[];
  /** Orders that it claimed and has not ended. */
  readonly open: readonly string[];
}

/** The stations of the configured one's site. Throws `CFG-INVALID` for a station that is alone, `QUE-UNAVAILABLE`. */
export async function listStations(configFile: string): Promise<readonly StationView[]> {
  return onServer(configFile, async (link, { station }) => viewsOf(link, station.stations ?? [station.id]));
}

/** Answers for a station that is down, on the server that the configured station shares with it. Throws `CFG-INVALID` for a station that is alone. */
export async function answerForDeadStation(configFile: string, stationId: string, openOrders: readonly string[], by: string): Promise<void> {
  await onServer(configFile, (link, { station }) => answerForStation({ link, stationId, stations: station.stations ?? [station.id], prefix: redisPrefix }, station.id, openOrders, by, limit));
}

/** Takes a station out of the site. Throws `CLI-USAGE` for one that is not of it, and for one that works now. */
export async function retireDeadStation(configFile: string, stationId: string, by: string): Promise<StationView> {
  return onServer(configFile, async (link, { station }) => {
    const stations = station.stations ?? [station.id];
    if ((await viewOf(link, stations, stationId)).working) throw new StationFault('CLI-USAGE', { field: 'station', note: `${stationId} is working: end its daemon first` });
    await retireStation({ link, prefix: redisPrefix }, stationId, by, limit);
    return viewOf(link, stations, stationId);
  });
}

/** Lets a retired station work again. Throws `CLI-USAGE` when it is not retired. */
export async function enrolRetiredStation(configFile: string, stationId: string): Promise<StationView> {
  return onServer(configFile, async (link, { station }) => {
    await enrolStation({ link, prefix: redisPrefix }, stationId, limit);
    return viewOf(link, station.stations ?? [station.id], stationId);
  });
}

/** Settles an order that a retired station left open. Throws `CLI-USAGE` when it is not retired or the order is not its own. */
export async function settleOpenOrder(configFile: string, orderId: string, stationId: string, how: Settlement): Promise<StationView> {
  return onServer(configFile, async (link, { station }) => {
    await settleForStation({ link, prefix: redisPrefix }, orderId, stationId, how, limit);
    return viewOf(link, station.stations ?? [station.id], stationId);
  });
}

async function onServer<T>(configFile: string, work: (link: RedisLink, config: StationConfig) => Promise<T>): Promise<T> {
  const config = await readStationConfig(configFile);
  if (config.queue.kind === 'embedded') throw new StationFault('CFG-INVALID', { field: 'queue', note: 'this station is alone' });
  await using link = await openRedisLink({ endpoint: remoteEndpoint(config.queue), clock: systemClock, name: `kortverk-${config.station.id}-stations`, onError: () => undefined }, limit);
  return await work(link, config);
}

async function viewOf(link: RedisLink, stations: readonly string[], stationId: string): Promise<StationView> {
  const view = (await viewsOf(link, stations)).find(({ station }) => station === stationId);
  if (view === undefined) throw new StationFault('CLI-USAGE', { field: 'station', note: `${stationId} is none of ${stations.join(', ')}` });
  return view;
}

async function viewsOf(link: RedisLink, stations: readonly string[]): Promise<readonly StationView[]> {
  const server = { link, prefix: redisPrefix };
  const [announced, retired, claims] = await Promise.all([openRoster(link, redisPrefix).stations(limit), retiredStations(server, limit), openClaims(server, limit)]);
  return stations.map((station) => {
    const heard = announced.get(station);
    return {
      station,
      heardAt: heard?.at ?? null,
      working: heard !== undefined && systemClock.now() - heard.at < HEARD_MS,
      idle: heard?.idle ?? true,
      retiredBy: retired.find((entry) => entry.station === station)?.by ?? null,
      abilities: heard?.words ?? [],
      open: claims.filter((claim) => claim.station === station).map(({ orderId }) => orderId),
    };
  });
}
