import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { campaignReport, fullSize } from './campaign-report.ts';
import { keepSummary, keptSummaries, summarise } from './piece-summary.ts';
import type { ParserFuzzOptions } from './parser-fuzz.ts';
import type { PullsOptions } from './pulls.ts';
import { isWhole, readStory, runPiece, type PieceStory } from './run-piece.ts';

/** A piece ends after this many minutes at most, and the next one begins with new machines. */
const longestPieceMinutes = 40;

interface RunOptions {
  readonly seed: string;
  readonly orders: string;
  readonly faults: string;
  readonly pieces: string;
  readonly piece?: string;
  readonly resume: boolean;
  readonly minutes: string;
  readonly dir: string;
}

/** What is chosen together with another size of a campaign. */
const sizes = {
  full: { ...fullSize, pieces: 40 },
  nightly: { orders: 2_000, faults: 1_500, pieces: 9 },
  /** Before a release: thirty thousand faults (queue.md 4.3). */
  soak: { orders: 60_000, faults: 30_000, pieces: 120 },
} as const;

const say = (line: string): void => { process.stdout.write(`${line}\n`); };

const program = new Command('campaign').description('Make cards on whole stations while everything around them dies, and prove what became of every order');

program
  .command('run', { isDefault: true })
  .description('run the pieces of a campaign that have not been run, judge each, and sum all that are kept into the report')
  .option('--seed <number>', 'the same seed deals the same faults', '1')
  .option('--orders <number>', `orders of the whole campaign (${sizeWords('orders')})`, String(sizes.full.orders))
  .option('--faults <number>', `faults and kills of the whole campaign (${sizeWords('faults')})`, String(sizes.full.faults))
  .option('--pieces <number>', `pieces that the campaign is cut into (${sizeWords('pieces')}); the Redis of each dies in one of three ways, in turn`, String(sizes.full.pieces))
  .option('--piece <number>', 'run this piece only, counted from 0')
  .option('--resume', 'go on with the first piece that is not at its full size, and with no other', false)
  .option('--minutes <number>', `longest time of a piece, ${longestPieceMinutes} at most`, String(longestPieceMinutes))
  .option('--dir <folder>', 'where the stations of the pieces lie', 'var/campaign')
  .action(async (options: RunOptions) => run(options));

program
  .command('judge')
  .description('judge the pieces that lie in a folder again, and keep what they prove')
  .option('--seed <number>', 'seed of the campaign', '1')
  .option('--dir <folder>', 'where the stations of the pieces lie', 'var/campaign')
  .action(async ({ seed, dir }: Pick<RunOptions, 'seed' | 'dir'>) => {
    const folder = join(resolve(dir), `seed-${seed}`);
    for (const name of await readdir(folder)) await judge(await readStory(join(folder, name)));
    await sum();
  });

program.command('sum').description('sum the pieces that are kept under docs/reports/pieces into the report').action(sum);

program
  .command('simulation')
  .description('stations, server and machines in one process without a clock: the order machine under storms of faults, a storm a seed')
  .option('--seed <number>', 'first seed', '1')
  .option('--seeds <number>', 'how many; a night takes a million', '20000')
  .action(async ({ seed, seeds }: { readonly seed: string; readonly seeds: string }) => {
    const { runSimulation } = await import('./simulation/simulation.ts');
    process.exitCode = runSimulation(Number(seed), Number(seeds), say) ? 0 : 1;
  });

program
  .command('mutants')
  .description('remove each record, sync, fence check and row of the restart table in turn, and see that the suites find it')
  .action(async () => {
    const { runMutants } = await import('./mutants.ts');
    process.exitCode = (await runMutants(say)) ? 0 : 1;
  });

program
  .command('pulls')
  .description('lose card, chip or daemon at every command of a whole issue, before and after it, judge every card by its chips, and write the report; goes on where an earlier run ended')
  .option('--every <number>', 'try every Nth command only', '1')
  .option('--from <number>', 'begin with this command, counted from 0', '0')
  .option('--slices <number>', 'processes to share the work', '1')
  .option('--slice <number>', 'run this slice only, counted from 0, and write no report')
  .option('--dir <folder>', 'where the results so far are kept; empty it after a change of the program', 'var/pulls')
  .option('--report <file>', 'where the report is written', 'docs/reports/pull-at-every-apdu.md')
  .action(async (options: PullsOptions) => {
    const { runPulls } = await import('./pulls.ts');
    process.exitCode = await runPulls(options, say);
  });

program
  .command('parsers')
  .description('feed every reader of printer languages with damaged, strung and random streams, and write what became of it')
  .option('--seed <number>', 'the same seed gives the same streams', '1')
  .option('--seconds <number>', 'time of each reader', '20')
  .option('--report <file>', 'where the report is written', 'docs/reports/parsers.md')
  .action(async (options: ParserFuzzOptions) => {
    const { runParserFuzz } = await import('./parser-fuzz.ts');
    process.exitCode = (await runParserFuzz(options, say)) ? 0 : 1;
  });

function sizeWords(of: 'orders' | 'faults' | 'pieces'): string {
  return `nightly ${sizes.nightly[of]}, soak ${sizes.soak[of]}`;
}

async function run(options: RunOptions): Promise<void> {
  const [seed, orders, faults, pieces] = [options.seed, options.orders, options.faults, options.pieces].map(Number) as [number, number, number, number];
  const minutes = Math.min(Number(options.minutes), longestPieceMinutes);
  const share = { orders: Math.ceil(orders / pieces), faults: Math.ceil(faults / pieces) };
  const folder = join(resolve(options.dir), `seed-${options.seed}`);
  for (const piece of await wantedPieces(options, pieces, folder)) {
    say(`piece ${piece} of seed ${seed}`);
    await judge(await runPiece({ dir: join(folder, `piece-${piece}`), seed, piece, ...share, endBy: Date.now() + minutes * 60_000, say }));
  }
  await sum();
}

/** A piece whose result is kept as whole was run, be it on another computer. */
async function wantedPieces({ seed, piece, resume }: RunOptions, pieces: number, folder: string): Promise<readonly number[]> {
  if (piece !== undefined) return [Number(piece)];
  const all = Array.from({ length: pieces }, (_, index) => index);
  if (!resume) return all;
  const kept = (await keptSummaries()).filter((summary) => summary.seed === Number(seed) && summary.orders >= summary.wantedOrders && summary.faults >= summary.wantedFaults);
  for (const index of all) {
    if (kept.some((summary) => summary.piece === index)) continue;
    const story = existsSync(folder) ? await readStory(join(folder, `piece-${index}`)) : null;
    if (story === null || !isWhole(story)) return [index];
  }
  return [];
}

async function judge(story: PieceStory | null): Promise<void> {
  // A piece that still runs proves nothing yet.
  if (story === null || story.quiet === null || story.batches.length === 0) return;
  const summary = summarise(story);
  for (const violation of summary.verdict.violations) say(violation);
  say(`${await keepSummary(summary)}: ${summary.verdict.violations.length} violations`);
}

async function sum(): Promise<void> {
  const pieces = await keptSummaries();
  const file = join(packageRoot(), 'docs', 'reports', 'campaign.md');
  await writeFile(file, campaignReport(pieces));
  const violations = pieces.flatMap(({ verdict }) => verdict.violations).length;
  say(`${pieces.length} pieces, ${violations} violations: ${file}`);
  process.exitCode = violations === 0 ? 0 : 1;
}

await program.parseAsync();
