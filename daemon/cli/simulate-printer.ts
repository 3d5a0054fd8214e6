import { createInterface } from 'node:readline';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { perform, type CommandRegistration, type CommandResult } from './command.ts';
import { parseEndpoint, untilEnded } from './simulate-lifetime.ts';

interface Options {
  readonly listen: string;
  readonly out: string;
  readonly model: string;
  readonly fault: readonly string[];
  readonly timeFactor: string;
  readonly json?: boolean;
}

const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];

/** `kortverk simulate printer`: a card printer on the escape language with an endless feeder of plain blanks. */
export const registerSimulatePrinter: CommandRegistration = (simulate) => {
  simulate
    .command('printer')
    .description('A card printer on the escape language; writes what it prints into a folder. A line "mend" on standard input clears what a fault left standing')
    .requiredOption('--listen <host:port>', 'address to listen on; port 0 lets the system choose')
    .requiredOption('--out <dir>', 'folder for NNNN-front.png, NNNN-back.png and events.ndjson')
    .option('--model <name>', 'primacy-2-duplex, primacy-simplex or zenius', 'primacy-2-duplex')
    .option('--fault <name@when>', 'arm a fault: NAME@N, or NAME@COMMAND:N for faults of the link; may be repeated', collect, [])
    .option('--time-factor <number>', '1 moves as slowly as a real printer, 0 at once', '0')
    .option('--json', 'print the summary as JSON')
    .action(async (options: Options) => perform(options, async () => servePrinter(options)));
};

async function servePrinter(options: Options): Promise<CommandResult> {
  const { openStandalonePrinter, readStandaloneArguments } = await import('../../simulator/printer/standalone-printer.ts');
  const timeFactor = Number(options.timeFactor);
  if (!(timeFactor >= 0 && timeFactor <= 100)) throw new StationFault('CLI-USAGE', { note: '--time-factor takes a number from 0 to 100' });
  const asked = usage(() => readStandaloneArguments(options.model, options.fault));
  await using printer = await openStandalonePrinter({ ...parseEndpoint(options.listen), outDir: options.out, ...asked, timeFactor, clock: systemClock });
  const hands = createInterface({ input: process.stdin });
  hands.on('line', (line) => { if (line.trim() === 'mend') printer.mend(); });
  process.stdout.write(`${JSON.stringify({ device: 'printer', protocol: 'evolis', host: printer.host, port: printer.port, model: printer.model, out: options.out })}\n`);
  await untilEnded();
  hands.close();
  const cards = printer.cardsOut;
  return { exitCode: 0, json: { cards }, lines: [`${String(cards)} cards`] };
}

/** What the command line names and the simulator does not know is bad usage. */
function usage<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new StationFault('CLI-USAGE', { note: error instanceof Error ? error.message : String(error) }, error);
  }
}
