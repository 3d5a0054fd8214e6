import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { checkPiece } from './history-checker.ts';
import { campaignReport, type JudgedPiece } from './campaign-report.ts';
import { readStory, runPiece } from './run-piece.ts';

/** A piece ends after this many minutes at most, and the next one begins with new machines. */
const longestPieceMinutes = 40;

interface RunOptions {
  readonly seed: string;
  readonly orders: string;
  readonly faults: string;
  readonly pieces: string;
  readonly piece?: string;
  readonly minutes: string;
  readonly dir: string;
}

const say = (line: string): void => { process.stdout.write(`${line}\n`); };

const program = new Command('campaign').description('Make cards on whole stations while everything around them dies, and prove what became of every order');

program
  .command('run', { isDefault: true })
  .description('run the pieces of a campaign that have not been run, then judge all of them and write the report')
  .option('--seed <number>', 'the same seed deals the same faults', '1')
  .option('--orders <number>', 'orders of the whole campaign', '10000')
  .option('--faults <number>', 'faults and kills of the whole campaign', '2000')
  .option('--pieces <number>', 'pieces that the campaign is cut into; the Redis of each dies in one of three ways, in turn', '30')
  .option('--piece <number>', 'run this piece only, counted from 0')
  .option('--minutes <number>', `longest time of a piece, ${longestPieceMinutes} at most`, String(longestPieceMinutes))
  .option('--dir <folder>', 'where the stations of the pieces lie', 'var/campaign')
  .action(async (options: RunOptions) => run(options));

program
  .command('report')
  .description('judge the pieces that were run and write the report')
  .option('--seed <number>', 'seed of the campaign', '1')
  .option('--dir <folder>', 'where the stations of the pieces lie', 'var/campaign')
  .action(async (options: Pick<RunOptions, 'seed' | 'dir'>) => report(folderOf(options), Number(options.seed)));

program
  .command('mutants')
  .description('remove each record, sync, fence check and row of the restart table in turn, and see that the suites find it')
  .action(async () => {
    const { runMutants } = await import('./mutants.ts');
    process.exitCode = (await runMutants(say)) ? 0 : 1;
  });

function folderOf({ seed, dir }: Pick<RunOptions, 'seed' | 'dir'>): string {
  return join(resolve(dir), `seed-${seed}`);
}

async function run(options: RunOptions): Promise<void> {
  const [seed, orders, faults, pieces] = [options.seed, options.orders, options.faults, options.pieces].map(Number) as [number, number, number, number];
  const minutes = Math.min(Number(options.minutes), longestPieceMinutes);
  const wanted = options.piece === undefined ? Array.from({ length: pieces }, (_, piece) => piece) : [Number(options.piece)];
  for (const piece of wanted) {
    say(`piece ${piece} of seed ${seed}`);
    const share = { orders: Math.ceil(orders / pieces), faults: Math.ceil(faults / pieces) };
    await runPiece({ dir: join(folderOf(options), `piece-${piece}`), seed, piece, ...share, endBy: Date.now() + minutes * 60_000, say });
  }
  await report(folderOf(options), seed);
}

async function report(folder: string, seed: number): Promise<void> {
  const judged: JudgedPiece[] = [];
  for (const name of (await readdir(folder)).toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }))) {
    const story = await readStory(join(folder, name));
    if (story !== null) judged.push({ story, verdict: checkPiece(story) });
  }
  const file = join(packageRoot(), 'docs', 'reports', `campaign-${seed}.md`);
  await mkdir(join(packageRoot(), 'docs', 'reports'), { recursive: true });
  await writeFile(file, campaignReport(seed, judged));
  const violations = judged.flatMap(({ verdict }) => verdict.violations);
  for (const violation of violations) say(violation);
  say(`${judged.length} pieces, ${violations.length} violations: ${file}`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}

await program.parseAsync();
