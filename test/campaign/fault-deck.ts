import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { systemClock } from '../../drivers/contracts/clock.ts';
import type { RedisSubject } from './redis-subject.ts';
import type { StationSubject } from './station-subject.ts';

/** How the Redis of a piece dies: a third of a campaign each (queue.md 4.3). */
export const redisDeaths = ['always', 'everysec and power cut', 'data deleted'] as const;
export type RedisDeath = (typeof redisDeaths)[number];

/** What faults are dealt to. */
export interface FaultScene {
  readonly stations: readonly StationSubject[];
  readonly redis: RedisSubject;
  readonly redisDeath: RedisDeath;
  readonly lockMs: number;
}

/** A fault as it was dealt; `name` tells all of it. */
export interface DealtFault {
  readonly at: number;
  readonly name: string;
  readonly station: string | null;
  /** The last record of the station that wrote last before it. */
  readonly after: string | null;
  /** False when there was nothing to break at that moment: such a fault does not count. */
  readonly dealt: boolean;
}

/** Whole numbers from a seed; the same seed tells the same story. */
export type Dice = (from: number, to: number) => number;

export function dice(...seeds: readonly number[]): Dice {
  const random = xoroshiro128plus(seeds.reduce((mixed, seed) => (Math.imul(mixed, 0x01_00_01_93) ^ seed) >>> 0, 0x811c9dc5));
  return (from, to) => uniformInt(random, from, to);
}

type Deal = (scene: FaultScene, station: StationSubject, roll: Dice) => Promise<{ readonly name: string; readonly dealt: boolean }>;

const dealt = (name: string, done = true): { readonly name: string; readonly dealt: boolean } => ({ name, dealt: done });

/** Faults of printer, card and link by the machine's names; the number is the greatest N of `NAME@N`. */
const machineFaults: readonly (readonly [string, number])[] = [
  ['feeder-empty', 2], ['jam-at-contactless', 2], ['jam-at-contact', 2], ['jam-at-print', 2], ['jam-at-exit', 1], ['jam-at-reject', 1],
  ['cover-open', 6], ['ribbon-end', 6], ['head-hot', 6], ['need-cleaning', 1], ['hopper-full', 1], ['left-in-bezel', 1], ['answered-ok-but-jammed', 3],
  ['no-answer', 4], ['half-answer', 4], ['stale-answer', 4], ['connection-cut', 6], ['reboot', 4],
  ['card-mute', 60], ['card-gone', 60], ['card-torn', 40], ['card-torn-trailer', 12], ['card-short', 60], ['card-6f00', 60], ['card-worn', 30],
  ['card-dead', 2], ['service-dies', 60],
];

/** Faults of the certificate authority; the number is how many requests they go for at most. */
const authorityFaults: readonly (readonly [string, number])[] = [
  ['ca-away', 3], ['ca-slow', 1], ['ca-waiting', 3], ['ca-refuse', 1], ['ca-failing', 2], ['ca-lost-answer', 1], ['ca-garbled', 1], ['ca-wrong-key', 1],
];

const killStation: Deal = async (_scene, station) => {
  const up = station.isUp;
  station.kill();
  return dealt('station killed', up);
};

const killRedis: Deal = async (scene, _station, roll) => redisDies(scene, roll(0, 2_500));

async function redisDies({ redis, redisDeath }: FaultScene, restMs: number): ReturnType<Deal> {
  switch (redisDeath) {
    case 'always':
      await redis.kill(restMs);
      return dealt('Redis killed');
    case 'everysec and power cut':
      return dealt(`Redis power cut (${(await redis.cutPower(restMs)) > 0 ? 'writes of the last second lost' : 'nothing was unsynced'})`);
    case 'data deleted':
      await redis.loseData(restMs);
      return dealt('Redis killed and its data deleted');
  }
}

const killEverything: Deal = async (scene, station, roll) => {
  const up = scene.stations.some(({ isUp }) => isUp);
  for (const each of scene.stations) each.kill();
  // Redis comes back last: what a card inside needs is decided without it (I10).
  await Promise.all([redisDies(scene, roll(8_000, 20_000)), station.killCardService(roll(100, 1_000))]);
  return dealt('all stations, Redis and pcscd killed at once', up);
};

const freezeStation: Deal = async ({ lockMs }, station) => {
  const up = station.isUp;
  await station.freeze(lockMs * 1.5);
  return dealt('station frozen beyond its lock', up);
};

const freezeRedis: Deal = async ({ redis, lockMs }) => {
  await redis.freeze(lockMs * 1.5);
  return dealt('Redis frozen beyond the lock');
};

const killCardService: Deal = async (_scene, station, roll) => {
  await station.killCardService(roll(0, 2_000));
  return dealt('pcscd killed', station.isUp);
};

const killReader: Deal = async (_scene, station, roll) => dealt('reader process killed', station.killReader(roll(0, 1)));

const cutPrinter: Deal = async (_scene, station, roll) => {
  await station.cutPrinter(roll(0, 3_000));
  return dealt("printer's network cut", station.isUp);
};

const cutRedis: Deal = async (_scene, station, roll) => {
  await station.cutRedis(roll(0, 3_000));
  return dealt("station's network to Redis cut", station.isUp);
};

const machineFault: Deal = async (_scene, station, roll) => {
  const [name = 'no-answer', most = 1] = machineFaults[roll(0, machineFaults.length - 1)] ?? [];
  await station.armFault(`${name}@${roll(1, most)}`);
  return dealt(`machine: ${name}`);
};

const authorityFault: Deal = async (_scene, station, roll) => {
  const [name = 'ca-away', most = 1] = authorityFaults[roll(0, authorityFaults.length - 1)] ?? [];
  await station.armFault(`${name}@${roll(1, most)}`);
  return dealt(`authority: ${name}`);
};

/** How often each kind is drawn, in hundredths. */
const deck: readonly (readonly [number, Deal])[] = [
  [23, killStation], [14, killRedis], [5, killEverything], [4, freezeStation], [3, freezeRedis],
  [8, killCardService], [8, killReader], [7, cutPrinter], [7, cutRedis], [16, machineFault], [5, authorityFault],
];

/** Draws a fault and deals it to the station that wrote the last record, or to Redis that all share. */
export async function dealFault(scene: FaultScene, moment: { readonly station: number; readonly last: string | null }, roll: Dice): Promise<DealtFault> {
  const at = systemClock.now();
  const station = scene.stations[moment.station];
  if (station === undefined) throw new Error('a scene without stations');
  let card = roll(1, 100);
  const [, deal] = deck.find(([weight]) => (card -= weight) <= 0) ?? [100, killStation];
  const { name, dealt: counts } = await deal(scene, station, roll);
  return { at, name, station: station.id, after: moment.last, dealt: counts };
}
