import { createHash } from 'node:crypto';

/**
 * What a station can do, or what an order needs, as a set of words: `profile:id06-piv version 1` (approved there),
 * `sectors:acme version 2`, `blank:piv` (loaded), `chip:contact` (a reader for it), `print:colour`, `print:duplex`,
 * `print:magnetic`. An order goes to stations that know every word it needs.
 */
export type AbilityWord = `${'profile' | 'sectors' | 'blank' | 'chip' | 'print'}:${string}`;

/** One station as it announced itself. */
export interface AnnouncedStation {
  readonly station: string;
  readonly words: readonly AbilityWord[];
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  /** Whether it has no card in hand. */
  readonly idle: boolean;
}

/** A queue that some stations serve, and no others. */
export interface Lane {
  readonly name: string;
  readonly stations: readonly string[];
}

/** The lane that every station of the site serves. */
export const commonLane = 'cards';

/** Words of a need that an ability lacks. */
export function lacking(need: readonly AbilityWord[], words: readonly AbilityWord[]): readonly AbilityWord[] {
  const known = new Set(words);
  return need.filter((word) => !known.has(word));
}

/** The stations that can make what is needed. One that has not announced itself yet is believed to: it says no when it is asked. */
export function ableStations(need: readonly AbilityWord[], stations: readonly string[], announced: ReadonlyMap<string, AnnouncedStation>): readonly string[] {
  return stations.filter((station) => lacking(need, announced.get(station)?.words ?? need).length === 0);
}

/**
 * The lane of a set of stations: the common one for all, one of their own for some, and one that nobody serves for
 * none. Orders of one set share a lane, so that taking the next order costs the same whatever waits for others.
 */
export function laneOf(able: readonly string[], stations: readonly string[]): Lane {
  if (able.length === stations.length) return { name: commonLane, stations };
  if (able.length === 0) return { name: `${commonLane}-nobody`, stations: [] };
  const names = able.toSorted();
  return { name: `${commonLane}-${createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 12)}`, stations: names };
}
