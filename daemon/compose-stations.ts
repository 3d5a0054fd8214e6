import { readFileSync } from 'node:fs';
import { systemClock, type Wait } from '../drivers/contracts/clock.ts';
import { StationFault } from '../drivers/contracts/fault.ts';
import { Secret } from '../drivers/contracts/secret.ts';
import { answerForStation } from '../queue/claim/answer-for-station.ts';
import { openRedisLink } from '../queue/redis/redis-link.ts';
import { readStationConfig } from './config/read-config.ts';

const TIMEOUT_MS = 30_000;
const PREFIX = 'kortverk';

/** Answers for a station that is down, on the server that the configured station shares with it. Throws `CFG-INVALID` for a station that is alone. */
export async function answerForDeadStation(configFile: string, stationId: string, openOrders: readonly string[], by: string): Promise<void> {
  const { station, queue } = await readStationConfig(configFile);
  if (queue.kind === 'embedded') throw new StationFault('CFG-INVALID', { field: 'queue', note: 'this station is alone' });
  const { host, port, username, passwordFile, tls } = queue;
  const limit: Wait = { signal: new AbortController().signal, timeoutMs: TIMEOUT_MS };
  const endpoint = { kind: 'server', host, port, tls, ...(username === undefined ? {} : { username }), ...(passwordFile === undefined ? {} : { password: Secret.take(readFileSync(passwordFile)) }) } as const;
  await using link = await openRedisLink({ endpoint, clock: systemClock, name: `kortverk-${station.id}-answer`, onError: () => undefined }, limit);
  await answerForStation({ link, stationId, stations: station.stations ?? [station.id], prefix: PREFIX }, station.id, openOrders, by, limit);
}
