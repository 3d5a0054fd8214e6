import { readdir, readFile, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import type { RedisDeath } from './fault-deck.ts';
import { checkPiece, type PieceVerdict } from './history-checker.ts';
import { faultsOf, ordersOf, type PieceStory, type StationWork } from './run-piece.ts';

/** What is kept of a piece: small, without a person or a path, so that the pieces of many days can be summed. */
export interface PieceSummary {
  readonly seed: number;
  readonly piece: number;
  readonly redisDeath: RedisDeath;
  readonly work: StationWork;
  readonly wantedOrders: number;
  readonly wantedFaults: number;
  readonly orders: number;
  readonly withdrawn: number;
  readonly faults: number;
  /** Faults by name, and by the record after which they came. */
  readonly faultsByName: Readonly<Record<string, number>>;
  readonly faultsAfter: Readonly<Record<string, number>>;
  readonly starts: number;
  readonly seconds: number;
  readonly slowestEndSeconds: number;
  readonly falls: Readonly<Record<string, number>>;
  readonly verdict: PieceVerdict;
}

const folder = (): string => join(packageRoot(), 'docs', 'reports', 'pieces');

/** Judges a piece and says what is kept of it. */
export function summarise(story: PieceStory): PieceSummary {
  const dealt = story.batches.flatMap(({ faults }) => faults).filter((fault) => fault.dealt);
  return {
    seed: story.seed,
    piece: story.piece,
    redisDeath: story.redisDeath,
    work: story.work ?? 'batch',
    wantedOrders: story.wantedOrders,
    wantedFaults: story.wantedFaults,
    orders: ordersOf(story),
    withdrawn: story.batches.reduce((sum, { withdrawn }) => sum + withdrawn.length, 0),
    faults: faultsOf(story),
    faultsByName: countOf(dealt.map(({ name }) => name)),
    faultsAfter: countOf(dealt.map(({ after }) => after ?? 'nothing')),
    starts: story.starts,
    seconds: Math.round(story.seconds),
    slowestEndSeconds: Math.round(Math.max(0, ...story.batches.map(({ settledAfterMs }) => settledAfterMs)) / 1000),
    falls: countOf(story.falls.map((fall) => fall.replaceAll('|', '/').slice(0, 160))),
    verdict: checkPiece(story),
  };
}

/** Keeps a piece among the reports; the same piece, run further, replaces what was kept of it. */
export async function keepSummary(summary: PieceSummary): Promise<string> {
  await mkdir(folder(), { recursive: true });
  const path = join(folder(), `${summary.seed}-${summary.piece}.json`);
  await writeFile(path, `${JSON.stringify(summary, null, 1)}\n`);
  return path;
}

/** Every piece that is kept, by seed and number. */
export async function keptSummaries(): Promise<readonly PieceSummary[]> {
  const names = (await readdir(folder())).filter((name) => name.endsWith('.json'));
  const summaries = await Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder(), name), 'utf8')) as PieceSummary));
  return summaries.toSorted((one, other) => one.seed - other.seed || one.piece - other.piece);
}

/** How often each word stands, the most frequent first. */
export function countOf(words: readonly string[]): Readonly<Record<string, number>> {
  return sumCounts(words.map((word) => ({ [word]: 1 })));
}

/** Counts added up, the greatest first. */
export function sumCounts(counts: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const [word, times] of counts.flatMap((count) => Object.entries(count))) sums.set(word, (sums.get(word) ?? 0) + times);
  return Object.fromEntries([...sums].toSorted((one, other) => other[1] - one[1]));
}
