import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { redisPrefix } from '../../daemon/compose-redis.ts';
import { DisposalStack } from '../../drivers/contracts/disposal.ts';
import { freePorts } from '../../simulator/machine/free-ports.ts';
import { isExpressOrder, mostPieceOrders, writeCampaignOrders, writeCampaignProfiles } from './campaign-orders.ts';
import { dealFault, dice, redisDeaths, type DealtFault, type Dice, type FaultScene, type RedisDeath } from './fault-deck.ts';
import { JournalProgress } from './journal-progress.ts';
import { RedisSubject, type Outage } from './redis-subject.ts';
import { StationSubject, type BatchOrders, type StationFiles } from './station-subject.ts';

/** Freezing beyond this must not take minutes. */
const lockMs = 4_000;
/** Orders of one batch: all of them are in the queue at once, and are told to both stations. */
const batchSize = 24;
/** Records that a card leaves in a journal, about: with it faults are spread over the orders. */
const recordsACard = 34;
/** Of so many orders one is taken back while the cards are made. */
const ordersAWithdrawal = 12;
/** I13: after the faults stop, everything must end within this. */
export const livenessMs = 300_000;

/**
 * How stations work together, a half of a campaign each: `batch` as the command runs one, all stations knowing all
 * orders; `site` as daemons, each taking in its part, with lanes, shelf, remaking elsewhere, and express orders that cut in.
 */
export const stationWorks = ['batch', 'site'] as const;
export type StationWork = (typeof stationWorks)[number];

export interface PieceOptions {
  readonly dir: string;
  readonly seed: number;
  readonly piece: number;
  readonly orders: number;
  readonly faults: number;
  /** Two, where nothing is said. */
  readonly stationIds?: readonly string[];
  /** No new batch is begun after this. */
  readonly endBy: number;
  readonly say: (line: string) => void;
}

/** One batch of a piece: its orders, its faults, and how long everything took to end after the last fault. */
export interface BatchStory {
  readonly orderIds: readonly string[];
  readonly withdrawn: readonly string[];
  readonly faults: readonly DealtFault[];
  readonly settledAfterMs: number;
  /** What the fence counter of the claim server held when the batch had ended, 0 when it had none; null when it was not read. */
  readonly fenceCounter: number | null;
}

/** What a piece leaves for the checker; written after every batch, so that a piece that was broken off can go on. */
export interface PieceStory {
  readonly seed: number;
  readonly piece: number;
  readonly wantedOrders: number;
  readonly wantedFaults: number;
  readonly redisDeath: RedisDeath;
  /** How the stations of the piece work; a piece from before there were two ways ran batches. */
  readonly work?: StationWork;
  readonly batches: readonly BatchStory[];
  readonly outages: readonly Outage[];
  readonly stations: readonly StationFiles[];
  readonly starts: number;
  /** What stations said that fell over by themselves. */
  readonly falls: readonly string[];
  readonly seconds: number;
  /** Journal records and plastic events before and after every station recovered for the second time at the end (I11). */
  readonly quiet: { readonly before: readonly number[]; readonly after: readonly number[] } | null;
}

const storyFile = (dir: string): string => join(dir, 'piece.json');

/** The story of a piece as far as it was told, null when it was not begun. */
export async function readStory(dir: string): Promise<PieceStory | null> {
  return existsSync(storyFile(dir)) ? (JSON.parse(await readFile(storyFile(dir), 'utf8')) as PieceStory) : null;
}

/** Runs a piece, or goes on with it: batch after batch, faults dealt all the while, until its orders are made or its time is up. */
export async function runPiece(options: PieceOptions): Promise<PieceStory> {
  await mkdir(options.dir, { recursive: true });
  const run = new RunningPiece(options);
  return run.run((await readStory(options.dir)) ?? freshStory(options));
}

function freshStory({ seed, piece, orders, faults }: PieceOptions): PieceStory {
  const redisDeath = redisDeaths[piece % redisDeaths.length] ?? 'always';
  const work = stationWorks[piece % stationWorks.length] ?? 'batch';
  return { seed, piece, wantedOrders: orders, wantedFaults: faults, redisDeath, work, batches: [], outages: [], stations: [], starts: 0, falls: [], seconds: 0, quiet: null };
}

class RunningPiece {
  readonly #options: PieceOptions;

  constructor(options: PieceOptions) {
    this.#options = options;
  }

  async run(begun: PieceStory): Promise<PieceStory> {
    const { dir, say, piece, stationIds = ['st1', 'st2'] } = this.#options;
    let story = begun;
    if (isWhole(story)) return story;
    const profilesDir = join(dir, 'profiles');
    await writeCampaignProfiles(profilesDir, piece * mostPieceOrders, story.wantedOrders + batchSize);
    await using redis = new RedisSubject(join(dir, 'redis'), await freePorts(1));
    await redis.start();
    const open = (stationId: string): Promise<StationSubject> => StationSubject.open({ dir: join(dir, stationId), stationId, stations: stationIds, redisPort: redis.port, profilesDir, lockMs, say });
    await using opened = new DisposalStack();
    const stations: StationSubject[] = [];
    for (const stationId of stationIds) stations.push(opened.use(await open(stationId)));
    const scene: FaultScene = { stations, redis, redisDeath: story.redisDeath, lockMs };
    let orders: BatchOrders | null = null;
    while (isShort(story) && Date.now() < this.#options.endBy) {
      const before = accountOf(scene);
      orders = await this.#orders(story);
      story = told(story, await this.#batch(scene, story, orders), scene, before);
      await this.#keep(story);
      say(`batch ${story.batches.length}: ${ordersOf(story)} orders, ${faultsOf(story)} faults, ${Math.round(story.seconds)} s`);
    }
    story = { ...story, quiet: await this.#quiet(scene, orders) };
    await this.#keep(story);
    return story;
  }

  async #orders(story: PieceStory): Promise<BatchOrders> {
    const { dir, seed, piece } = this.#options;
    const folder = join(dir, 'orders');
    await rm(folder, { recursive: true, force: true });
    const first = piece * mostPieceOrders + ordersOf(story);
    const paths = await writeCampaignOrders(folder, seed, first, batchSize);
    const idOf = (path: string): string => basename(path, '.json');
    const common = { ids: paths.map(idOf), paths, withdrawals: join(folder, 'withdrawals.txt') };
    if (story.work !== 'site') return { ...common, site: null };
    const keyFile = join(dir, 'site.key');
    if (!existsSync(keyFile)) await writeFile(keyFile, randomBytes(32).toString('hex'));
    const express = await Promise.all(paths.map(async (path) => ((await isExpressOrder(path)) ? [idOf(path)] : [])));
    return { ...common, site: { keyFile, express: new Set(express.flat()), overDir: folder } };
  }

  async #batch(scene: FaultScene, story: PieceStory, orders: BatchOrders): Promise<BatchStory> {
    const roll = dice(this.#options.seed, this.#options.piece, story.batches.length);
    const over = new AbortController();
    const producing = Promise.all(scene.stations.map((station) => station.produce(orders, Date.now() + 4 * livenessMs))).finally(() => { over.abort(); });
    // What this rejects with is heard below, after the faults.
    producing.catch(() => undefined);
    const dealt = await this.#deal(scene, story, orders, roll, over.signal);
    const lastFault = Date.now();
    await producing;
    const settledAfterMs = Math.max(0, Date.now() - lastFault);
    for (const station of scene.stations) await station.disarm();
    const counter = await scene.redis.read(`${redisPrefix}:fence`);
    return { orderIds: orders.ids, ...dealt, settledAfterMs, fenceCounter: counter };
  }

  /** Faults by the progress of the cards, so that cards move between them, and between them withdrawals of orders. */
  async #deal(scene: FaultScene, story: PieceStory, { ids, withdrawals }: BatchOrders, roll: Dice, signal: AbortSignal): Promise<Pick<BatchStory, 'faults' | 'withdrawn'>> {
    const due = Math.max(0, Math.min(story.wantedFaults, Math.ceil((story.wantedFaults * (ordersOf(story) + batchSize)) / story.wantedOrders)) - faultsOf(story));
    const meanRecords = Math.max(2, Math.floor((recordsACard * batchSize * 0.8) / Math.max(due, 1)));
    const progress = new JournalProgress(scene.stations.map(({ files }) => copyOf(files)));
    const faults: DealtFault[] = [];
    const withdrawn: string[] = [];
    while (faults.filter(({ dealt }) => dealt).length < due) {
      const moment = await progress.nextMoment(meanRecords, roll, signal);
      if (moment === null) break;
      const fault = await dealFault(scene, moment, roll);
      faults.push(fault);
      this.#options.say(`  ${fault.station ?? ''} ${fault.name} after ${fault.after ?? 'nothing'}${fault.dealt ? '' : ' (nothing to break)'}`);
      if (withdrawn.length < batchSize / ordersAWithdrawal && roll(1, 4) === 1) withdrawn.push(await this.#withdraw(ids, withdrawals, roll));
    }
    return { faults, withdrawn: [...new Set(withdrawn)] };
  }

  async #withdraw(ids: readonly string[], withdrawals: string, roll: Dice): Promise<string> {
    const orderId = ids[roll(0, ids.length - 1)] ?? '';
    await appendFile(withdrawals, `${orderId}\n`);
    this.#options.say(`  ${orderId} is taken back`);
    return orderId;
  }

  /** Every station twice more over the same orders: the second time nothing may be written and nothing may move (I11). */
  async #quiet(scene: FaultScene, orders: BatchOrders | null): Promise<NonNullable<PieceStory['quiet']>> {
    const counts = async (): Promise<readonly number[]> => Promise.all(scene.stations.flatMap(({ files }) => [countLines(files.plastic), countLines(copyOf(files))]));
    const recover = async (): Promise<unknown> => (orders === null ? [] : Promise.all(scene.stations.map((station) => station.produce(orders, Date.now() + livenessMs))));
    // The first one reports what the last lives of the stations could not report any more.
    await recover();
    const before = await counts();
    await recover();
    const after = await counts();
    for (const station of scene.stations) await station.look();
    return { before, after };
  }

  async #keep(story: PieceStory): Promise<void> {
    const draft = `${storyFile(this.#options.dir)}.draft`;
    await writeFile(draft, JSON.stringify(story, null, 1));
    await rename(draft, storyFile(this.#options.dir));
  }
}

function copyOf({ journal }: StationFiles): string {
  return journal.replace(/\.sqlite$/, '.ndjson');
}

/** What a scene had counted at a moment. */
interface SceneAccount {
  readonly at: number;
  readonly starts: number;
  readonly outages: number;
  readonly falls: readonly number[];
}

function accountOf({ stations, redis }: FaultScene): SceneAccount {
  return { at: Date.now(), starts: stations.reduce((sum, { starts }) => sum + starts, 0), outages: redis.outages.length, falls: stations.map(({ falls }) => falls.length) };
}

/** The story with one more batch. */
function told(story: PieceStory, batch: BatchStory, scene: FaultScene, before: SceneAccount): PieceStory {
  const now = accountOf(scene);
  return {
    ...story,
    batches: [...story.batches, batch],
    outages: [...story.outages, ...scene.redis.outages.slice(before.outages)],
    stations: scene.stations.map(({ files }) => files),
    starts: story.starts + now.starts - before.starts,
    falls: [...story.falls, ...scene.stations.flatMap(({ falls }, index) => falls.slice(before.falls[index]))],
    seconds: story.seconds + (now.at - before.at) / 1000,
  };
}

/** Orders of all batches of a piece. */
export function ordersOf(story: PieceStory): number {
  return story.batches.reduce((sum, { orderIds }) => sum + orderIds.length, 0);
}

function isShort(story: PieceStory): boolean {
  return ordersOf(story) < story.wantedOrders || faultsOf(story) < story.wantedFaults;
}

/** Whether nothing of a piece is left to run. */
export function isWhole(story: PieceStory): boolean {
  return story.quiet !== null && !isShort(story);
}

/** Faults that met something to break. */
export function faultsOf(story: PieceStory): number {
  return story.batches.flatMap(({ faults }) => faults).filter(({ dealt }) => dealt).length;
}

async function countLines(path: string): Promise<number> {
  if (!existsSync(path)) return 0;
  return (await readFile(path, 'latin1')).split('\n').length - 1;
}
