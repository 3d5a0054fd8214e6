import { readFileSync } from 'node:fs';
import type { Wait } from '../drivers/contracts/clock.ts';
import type { DisposalStack } from '../drivers/contracts/disposal.ts';
import { StationFault } from '../drivers/contracts/fault.ts';
import { Secret } from '../drivers/contracts/secret.ts';
import type { LaneQueue } from '../queue/bullmq/lane-queue.ts';
import type { Claims } from '../queue/claim/claims.ts';
import { retiredStations } from '../queue/claim/retired-stations.ts';
import type { RedisLink } from '../queue/redis/redis-link.ts';
import type { AbilityWord } from '../queue/stations/abilities.ts';
import { openRoster } from '../queue/stations/roster.ts';
import { openShelf } from '../queue/stations/shelf.ts';
import { openWithdrawalNotices } from '../queue/stations/withdrawal-notices.ts';
import { DataCipher } from '../queue/store/data-cipher.ts';
import { redisPrefix } from './compose-redis.ts';
import type { StationConfig } from './config/station-config.ts';
import { abilitiesOf, needOf } from './station/needs.ts';
import { Site } from './station/site.ts';
import type { StationCore } from './station/station-rooms.ts';

const QUERY_TIMEOUT_MS = 30_000;
const KEY_BYTES = 32;

/** What a site is made of beside the configuration. */
export interface SiteLinks {
  readonly link: RedisLink;
  readonly queue: LaneQueue;
  readonly claims: Claims;
}

/**
 * Joins a station with the others of its site, announced with what its bench can do now. Null where it shares no orders.
 * Throws `CFG-INVALID` for a site key that is none, `QUE-UNAVAILABLE`.
 */
export async function openSite(config: StationConfig, core: StationCore, { link, queue, claims }: SiteLinks, opened: DisposalStack, signal: AbortSignal): Promise<Site | null> {
  const { id: stationId, stations = [stationId], sharing } = config.station;
  if (sharing === undefined || stations.length < 2) return null;
  using key = siteKey(sharing.keyFile);
  const cipher = opened.use(DataCipher.from(key));
  const site = new Site({
    stationId,
    stations,
    clock: core.clock,
    store: core.store,
    claims,
    queue,
    roster: openRoster(link, redisPrefix),
    shelf: openShelf(link, redisPrefix, cipher),
    notices: openWithdrawalNotices(link, redisPrefix),
    abilities: () => benchAbilities(config, core, signal),
    needOf: (order) => needOf(order, core.profiles),
    remakeElsewhere: sharing.remake === 'elsewhere',
  });
  await site.lookAtBench();
  await site.setIdle(true, { signal, timeoutMs: QUERY_TIMEOUT_MS });
  return site;
}

/** What the bench of this station is and has in it now. Asks the printer; no card may be in hand. */
async function benchAbilities({ station }: StationConfig, { parts, profiles }: StationCore, signal: AbortSignal): Promise<readonly AbilityWord[]> {
  const { printer, contactless, contact } = parts.bench;
  const limit: Wait = { signal, timeoutMs: QUERY_TIMEOUT_MS };
  const description = await printer.describe(limit);
  const { ribbon } = await printer.supplies(limit);
  return abilitiesOf(profiles, { printer: description, magnetic: description.magnetic, ribbon, contactless: contactless !== null && description.stations.includes('contactless'), contact: contact !== null && description.stations.includes('contact'), blanks: station.blanks });
}

/** Throws `QUE-RETIRED` for a station that a person took out of the site: it touches no card until it is enrolled anew. */
export async function mustBeEnrolled({ station }: Pick<StationConfig, 'station'>, link: RedisLink, limit: Wait): Promise<void> {
  const retired = (await retiredStations({ link, prefix: redisPrefix }, limit)).find((entry) => entry.station === station.id);
  if (retired !== undefined) throw new StationFault('QUE-RETIRED', { note: `by ${retired.by}` });
}

function siteKey(file: string): Secret {
  const text = Secret.take(readSiteKey(file));
  const bytes = text.use((read) => Buffer.from(Buffer.from(read).toString('latin1').trim(), 'hex'));
  text.wipe();
  if (bytes.length !== KEY_BYTES) throw new StationFault('CFG-INVALID', { field: 'station.sharing.keyFile', note: `${KEY_BYTES} bytes in hex` });
  return Secret.take(bytes);
}

function readSiteKey(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new StationFault('CFG-INVALID', { field: 'station.sharing.keyFile', note: `${file} cannot be read` }, error);
  }
}
