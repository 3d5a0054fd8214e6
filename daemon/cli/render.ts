import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { faultSentence, StationFault } from '../../drivers/contracts/fault.ts';
import type { RenderOutcome } from '../compose-render.ts';
import { perform, type CommandRegistration, type CommandResult } from './command.ts';

interface Options {
  readonly out: string;
  readonly profiles?: string;
  readonly returnAddress: string;
  readonly json?: boolean;
}

/** `kortverk render`: the pictures, panels and proof of order files, without a station. */
export const registerRender: CommandRegistration = (program) => {
  program
    .command('render')
    .description('Draw the card of an order: both sides as PNG, the panels, and a proof as PDF')
    .argument('<order...>', 'order files or folders')
    .requiredOption('--out <dir>', 'folder for front.png, back.png, front-y.png and so on, and proof.pdf; several orders get a folder each')
    .option('--profiles <dir>', 'folder of the card profiles; the samples when absent')
    .option('--return-address <lines>', 'what the back says, lines parted by semicolons', 'Kortverk;Provtryck')
    .option('--json', 'print the result as JSON')
    .action(async (paths: readonly string[], options: Options) => perform(options, async () => render(paths, options)));
};

async function render(paths: readonly string[], options: Options): Promise<CommandResult> {
  const { renderOrders } = await import('../compose-render.ts');
  const returnAddress = options.returnAddress.split(';').map((line) => line.trim()).filter((line) => line !== '');
  if (returnAddress.length === 0 || returnAddress.length > 4) throw new StationFault('CLI-USAGE', { note: '--return-address takes one to four lines' });
  const outcomes = await renderOrders({
    paths, outDir: options.out, profilesDir: options.profiles ?? sampleProfiles(), returnAddress, clock: systemClock, signal: new AbortController().signal,
  });
  if (options.json !== true) for (const line of outcomes.flatMap(complaints)) process.stderr.write(`${line}\n`);
  const good = outcomes.length > 0 && outcomes.every(({ findings }) => findings.length === 0);
  return { exitCode: good ? 0 : 1, json: { orders: outcomes }, lines: outcomes.filter(({ folder }) => folder !== null).map(summary) };
}

function complaints({ orderId, file, findings }: RenderOutcome): readonly string[] {
  return findings.map(({ code, field, detail }) => `${code}: ${orderId ?? file}${field === undefined ? '' : ` ${field}`}: ${faultSentence(code, 'sv', detail)} ${faultSentence(code, 'en', detail)}`);
}

function summary({ orderId, folder, files, digest }: RenderOutcome): string {
  return `${orderId ?? ''} ${folder ?? ''} ${files.length} files ${digest ?? ''}`;
}

/** The profiles that ship as samples, found from the sources as well as from the build. */
function sampleProfiles(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
  return join(folder, 'samples', 'profiles');
}
