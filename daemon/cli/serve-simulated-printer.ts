import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { ArmedFault } from '../../simulator/machine/card-path-faults.ts';
import type { StandaloneOptions, StandalonePlace, StandalonePrinter } from '../../simulator/printer/standalone-printer.ts';
import type { CommandResult } from './command.ts';
import { parseEndpoint, untilEnded } from './simulate-lifetime.ts';

/** What every simulated printer's command takes. */
export interface SimulatedPrinterOptions {
  readonly listen?: string;
  readonly link?: string;
  readonly acknowledge?: boolean;
  readonly out: string;
  readonly model: string;
  readonly fault: readonly string[];
  readonly timeFactor: string;
  readonly json?: boolean;
}

const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];

/** Adds the options that every simulated printer has. */
export function withPrinterOptions(command: Command, models: string, defaultModel: string): Command {
  return command
    .option('--listen <host:port>', 'address to listen on; port 0 lets the system choose')
    .requiredOption('--out <dir>', 'folder for NNNN-front.png, NNNN-back.png and events.ndjson')
    .option('--model <name>', models, defaultModel)
    .option('--fault <name@when>', 'arm a fault: NAME@N, or NAME@COMMAND:N for faults of the link; may be repeated', collect, [])
    .option('--time-factor <number>', '1 moves as slowly as a real printer, 0 at once', '0')
    .option('--json', 'print the summary as JSON');
}

/** A printer's protocol, and how it is opened from what the command line says. */
export interface ServedPrinter {
  readonly protocol: string;
  readonly open: (options: StandaloneOptions) => Promise<StandalonePrinter>;
}

/** Serves a simulated printer until the process is ended; a line `mend` on standard input clears what a fault left standing. */
export async function serveSimulatedPrinter(options: SimulatedPrinterOptions, served: ServedPrinter, readFault: (text: string) => ArmedFault): Promise<CommandResult> {
  const timeFactor = Number(options.timeFactor);
  if (!(timeFactor >= 0 && timeFactor <= 100)) throw new StationFault('CLI-USAGE', { note: '--time-factor takes a number from 0 to 100' });
  const faults = usage(() => options.fault.map(readFault));
  await using printer = await served.open({ place: placeOf(options), outDir: options.out, faults, timeFactor, clock: systemClock });
  const hands = createInterface({ input: process.stdin });
  hands.on('line', (line) => { if (line.trim() === 'mend') printer.mend(); });
  const ended = untilEnded();
  const { kind, ...where } = printer.place;
  process.stdout.write(`${JSON.stringify({ device: 'printer', protocol: served.protocol, link: kind, ...where, model: printer.model, out: options.out })}\n`);
  await ended;
  hands.close();
  const cards = printer.cardsOut;
  return { exitCode: 0, json: { cards }, lines: [`${String(cards)} cards`] };
}

/** Where the command line wants the printer: on the network, or on a line. Throws `CLI-USAGE`. */
function placeOf({ listen, link, acknowledge }: SimulatedPrinterOptions): StandalonePlace {
  if (link !== undefined && listen === undefined) return { kind: 'line', path: link, acknowledges: acknowledge === true };
  if (listen === undefined || link !== undefined) throw new StationFault('CLI-USAGE', { note: 'one of --listen and --link says where the printer is reached' });
  return { kind: 'tcp', ...parseEndpoint(listen) };
}

/** What the command line names and the simulator does not know is bad usage. */
export function usage<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new StationFault('CLI-USAGE', { note: error instanceof Error ? error.message : String(error) }, error);
  }
}
