import type { Wait } from '../../drivers/contracts/clock.ts';
import type { RedisLink } from '../redis/redis-link.ts';
import type { AbilityWord, AnnouncedStation, Lane } from './abilities.ts';

/**
 * The stations of a site and the lanes between them, on the server they share. All of it can be told again: losing it
 * costs an order at most the time until its station tells it anew.
 */
export interface Roster {
  announce(station: AnnouncedStation, limit: Wait): Promise<void>;
  stations(limit: Wait): Promise<ReadonlyMap<string, AnnouncedStation>>;
  /** Makes a lane known to the stations that serve it. Repeatable. */
  addLane(lane: Lane, limit: Wait): Promise<void>;
  /** Lanes beside the common one that a station serves. */
  lanesOf(station: string, limit: Wait): Promise<readonly string[]>;
}

/** The roster under a prefix; the link stays the caller's. Calls throw `QUE-UNAVAILABLE`. */
export function openRoster(link: RedisLink, prefix: string): Roster {
  const [stationsKey, lanesKey] = [`${prefix}:stations`, `${prefix}:lanes`];
  return {
    async announce(station, limit) {
      await link.run(limit, (client) => client.hset(stationsKey, station.station, JSON.stringify(station)));
    },
    async stations(limit) {
      const entries = await link.run(limit, (client) => client.hgetall(stationsKey));
      return new Map(Object.values(entries).flatMap((text) => announcedOf(text).map((station) => [station.station, station] as const)));
    },
    async addLane({ name, stations }, limit) {
      await link.run(limit, (client) => client.hset(lanesKey, name, JSON.stringify(stations)));
    },
    async lanesOf(station, limit) {
      const entries = await link.run(limit, (client) => client.hgetall(lanesKey));
      return Object.entries(entries).flatMap(([name, text]) => (namesOf(text).includes(station) ? [name] : [])).toSorted();
    },
  };
}

/** An entry that this program cannot read is another version's: its station counts as not announced. */
function announcedOf(text: string): readonly AnnouncedStation[] {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null) return [];
  const { station, words, at, idle } = value as Partial<Record<keyof AnnouncedStation, unknown>>;
  if (typeof station !== 'string' || typeof at !== 'number' || !Array.isArray(words)) return [];
  return [{ station, words: words.map((word) => String(word) as AbilityWord), at, idle: idle === true }];
}

function namesOf(text: string): readonly string[] {
  const value = parsed(text);
  return Array.isArray(value) ? value.map(String) : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
