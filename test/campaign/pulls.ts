import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { pullAtEveryApdu, type PullCampaign } from './pull-at-every-apdu.ts';
import { pullReport } from './pull-report.ts';

interface Options {
  readonly every: string;
  readonly slices: string;
  readonly deathsEvery: string;
  readonly report: string;
  /** Set for the process of one slice. */
  readonly slice?: string;
  readonly json?: string;
}

const options = new Command('pulls')
  .description('Lose card or daemon at every command of a whole issue, both chips, and judge every card')
  .option('--every <number>', 'try every Nth command only', '1')
  .option('--deaths-every <number>', 'let the daemon die at every Nth of them only; each takes a whole card', '1')
  .option('--slices <number>', 'processes to share the work', '2')
  .option('--report <file>', 'where the report is written', 'docs/reports/pull-at-every-apdu.md')
  .option('--slice <number>', 'run one slice only')
  .option('--json <file>', 'where that slice is written')
  .parse()
  .opts<Options>();

const [every, slices] = [Number(options.every), Number(options.slices)];
process.exitCode = options.slice === undefined ? await runAll() : await runSlice(Number(options.slice));

async function runSlice(slice: number): Promise<number> {
  const campaign = await pullAtEveryApdu({ first: every * slice, every: every * slices, deathsEvery: Number(options.deathsEvery) }, (line) => process.stdout.write(`slice ${slice}: ${line}\n`));
  await writeFile(options.json ?? `slice-${slice}.json`, JSON.stringify(campaign));
  return 0;
}

async function runAll(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'kv-slices-'));
  try {
    const numbers = Array.from({ length: slices }, (_, slice) => slice);
    await Promise.all(numbers.map((slice) => startSlice(slice, join(folder, `${slice}.json`))));
    const parts = await Promise.all(numbers.map(async (slice) => JSON.parse(await readFile(join(folder, `${slice}.json`), 'utf8')) as PullCampaign));
    const campaign: PullCampaign = { commands: parts[0]?.commands ?? [], results: parts.flatMap(({ results }) => results).toSorted((a, b) => a.at - b.at) };
    if (parts.some(({ commands }) => commands.length !== campaign.commands.length)) throw new Error('the slices do not agree on the commands of an issue');
    await mkdir(dirname(resolve(options.report)), { recursive: true });
    await writeFile(options.report, pullReport(campaign, every));
    const bad = campaign.results.filter(({ problems }) => problems.length > 0);
    process.stdout.write(`${campaign.commands.length} commands, ${campaign.results.length} issues, ${bad.length} with problems; report in ${options.report}\n`);
    return bad.length === 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function startSlice(slice: number, json: string): Promise<void> {
  const program = process.argv[1] ?? '';
  const args = [...process.execArgv, program, '--every', options.every, '--deaths-every', options.deathsEvery, '--slices', options.slices, '--slice', String(slice), '--json', json];
  const [code] = (await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit')) as [number | null];
  if (code !== 0) throw new Error(`slice ${slice} ended with ${code ?? 'a signal'}`);
}
