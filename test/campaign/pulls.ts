import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { isSameIssue, pullAtEveryApdu, type PullCampaign, type PullResult } from './pull-at-every-apdu.ts';
import type { CountedCommand } from './in-process-station.ts';
import { pullReport } from './pull-report.ts';

/** The options of `campaign pulls` as they are typed. */
export interface PullsOptions {
  readonly every: string;
  readonly from: string;
  readonly slices: string;
  readonly slice?: string;
  readonly dir: string;
  readonly report: string;
}

/** A line of a slice's file: the indexes once, then a result a line. */
type Line = { readonly commands: readonly CountedCommand[] } | { readonly result: PullResult };

/** Runs all slices, or one of them, then judges what all runs of the folder found. Gives the exit code: 1 when a card was called good that is not. */
export async function runPulls(options: PullsOptions, say: (line: string) => void): Promise<number> {
  const [every, slices] = [wholeNumber('--every', options.every), wholeNumber('--slices', options.slices)];
  const dir = resolve(options.dir);
  await mkdir(dir, { recursive: true });
  if (options.slice !== undefined) {
    await runSlice({ dir, every, from: Number(options.from), slices, slice: Number(options.slice) }, say);
    return 0;
  }
  await Promise.all(Array.from({ length: slices }, (_, slice) => startSlice(options, slice)));
  const campaign = await readResults(dir);
  await mkdir(dirname(resolve(options.report)), { recursive: true });
  await writeFile(options.report, pullReport(campaign));
  const bad = campaign.results.filter(({ problems }) => problems.length > 0);
  say(`${campaign.commands.length} commands, ${campaign.results.length} issues, ${bad.length} with problems; report in ${options.report}`);
  return bad.length === 0 ? 0 : 1;
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new StationFault('CFG-INVALID', { field: option, note: 'a whole number from 1' });
  return Number(text);
}

interface Slice {
  readonly dir: string;
  readonly every: number;
  readonly from: number;
  readonly slices: number;
  readonly slice: number;
}

async function runSlice({ dir, every, from, slices, slice }: Slice, say: (line: string) => void): Promise<void> {
  const known = await readResults(dir);
  const file = join(dir, `slice-${slice}-of-${slices}.ndjson`);
  const write = (line: Line): void => appendFileSync(file, `${JSON.stringify(line)}\n`);
  await pullAtEveryApdu({
    first: from + every * slice,
    every: every * slices,
    known,
    onCommands: (commands) => write({ commands }),
    onResult: (result) => {
      write({ result });
      if (result.how === 'daemon, after') say(`slice ${slice}: command ${result.at}`);
    },
  });
}

/** Everything that was found in a folder so far, in the order of the indexes. */
async function readResults(dir: string): Promise<PullCampaign> {
  const files = (await readdir(dir)).filter((name) => name.endsWith('.ndjson'));
  const texts = await Promise.all(files.map((name) => readFile(join(dir, name), 'utf8')));
  // A process that was ended in the middle of a line leaves a piece of one: that result is found anew.
  const lines = texts.flatMap((text) => text.split('\n').filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as Line));
  const commands = lines.flatMap((line) => ('commands' in line ? [line.commands] : []));
  if (commands.some((one) => !isSameIssue(one, commands[0] ?? []))) throw new StationFault('CFG-INVALID', { field: dir, note: 'results of two programs: empty the folder' });
  const results = new Map(lines.flatMap((line) => ('result' in line ? [[`${line.result.at} ${line.result.how}`, line.result] as const] : [])));
  return { commands: commands[0] ?? [], results: [...results.values()].toSorted((a, b) => a.at - b.at) };
}

async function startSlice({ every, from, slices, dir }: PullsOptions, slice: number): Promise<void> {
  const args = [...process.execArgv, process.argv[1] ?? '', 'pulls', '--every', every, '--from', from, '--slices', slices, '--dir', dir, '--slice', String(slice)];
  const [code] = (await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit')) as [number | null];
  if (code !== 0) throw new Error(`slice ${slice} ended with ${code ?? 'a signal'}`);
}
