import { Argument, Command } from 'commander';

const say = (text: string): void => { process.stdout.write(`${text}\n`); };

/** Each loads its own part of the product: a process has one PKCS#11 configuration at a time. */
const parts: Readonly<Record<string, () => Promise<void>>> = {
  cards: async () => (await import('./card-bench.ts')).benchCards(say),
  chips: async () => (await import('./chip-bench.ts')).benchChips(say),
  queue: async () => (await import('./queue-bench.ts')).benchQueue(say),
  backlog: async () => (await import('./backlog-bench.ts')).benchBacklog(say, [10_000, ...(process.env['KORTVERK_BENCH_BACKLOG'] === undefined ? [] : [Number(process.env['KORTVERK_BENCH_BACKLOG'])])]),
  stations: async () => (await import('./stations-bench.ts')).benchStations(say),
  processes: async () => (await import('./process-bench.ts')).benchProcesses(say),
};

await new Command('bench')
  .description('Measure, each figure against something named in the same run')
  .addArgument(new Argument('[parts...]', 'what to measure; all, when nothing is named').choices(Object.keys(parts)))
  .action(async (named: readonly string[]) => {
    for (const name of named.length === 0 ? Object.keys(parts) : named) await parts[name]?.();
  })
  .parseAsync();
