import { createInterface } from 'node:readline';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { perform, type CommandRegistration, type CommandResult } from './command.ts';
import { readProtocol } from './read-protocol.ts';
import { parseEndpoint, untilEnded } from './simulate-lifetime.ts';

interface Options {
  readonly dir: string;
  readonly timeFactor: string;
  readonly blanks?: string;
  readonly kind: string;
  readonly lot: string;
  readonly listen?: string;
  readonly protocol?: string;
  readonly model?: string;
  readonly ribbon?: string;
  readonly cardService: string;
  readonly ca: boolean;
  readonly fault: readonly string[];
  readonly json?: boolean;
}

const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];

/** `kortverk simulate station`: the whole machine; prints its endpoints as JSON and serves until ended. */
export const registerSimulateStation: CommandRegistration = (simulate) => {
  simulate
    .command('station')
    .description('The whole machine: printer, card path, readers and chips, certificate authority. Prints its endpoints as JSON and serves until ended; the folder keeps the plastic. A line "mend" on standard input clears what a fault left standing, with a new ribbon and a cleaning')
    .option('--dir <dir>', 'folder of the machine', 'var/machine')
    .option('--time-factor <number>', '1 moves as slowly as a real machine, 0 at once', '1')
    .option('--blanks <number>', 'put so many new blanks into the feeder')
    .option('--kind <kind>', 'chips of the new blanks: mifare+piv (a 1K), mifare-mini+piv, mifare-2k+piv, mifare-4k+piv or piv', 'mifare+piv')
    .option('--lot <name>', 'lot of the new blanks', 'LOT-1')
    .option('--listen <host:port>', 'address of the printer; port 0 lets the system choose')
    .option('--protocol <name>', 'what its printer speaks: evolis, espf or magicard')
    .option('--model <name>', 'model of the printer, as simulate printer and simulate magicard know it')
    .option('--ribbon <type:sets>', 'put in this ribbon, such as ymcko:20')
    .option('--card-service <which>', 'private (its own pcscd), computer (the computer\'s, with Debian\'s vpcd) or auto', 'auto')
    .option('--no-ca', 'without the certificate authority')
    .option('--fault <name@when>', 'arm a fault: NAME@N; may be repeated', collect, [])
    .option('--json', 'print the summary as JSON')
    .action(async (options: Options) => perform(options, async () => serveStation(options)));
};

async function serveStation(options: Options): Promise<CommandResult> {
  const timeFactor = Number(options.timeFactor);
  if (!(timeFactor >= 0 && timeFactor <= 100)) throw new StationFault('CLI-USAGE', { note: '--time-factor takes a number from 0 to 100' });
  const cardService = (['private', 'computer', 'auto'] as const).find((choice) => choice === options.cardService);
  if (cardService === undefined) throw new StationFault('CLI-USAGE', { note: '--card-service takes private, computer or auto' });
  const printerProtocol = readProtocol(options.protocol);
  const { openMachine } = await import('../../simulator/machine/machine.ts');
  await using machine = await openMachine({
    folder: options.dir,
    clock: systemClock,
    timeFactor,
    cardService,
    ca: options.ca,
    printerModel: options.model,
    ...(printerProtocol === undefined ? {} : { printerProtocol }),
    ...(options.listen === undefined ? {} : { printer: parseEndpoint(options.listen) }),
    onTrouble: (fault) => process.stderr.write(`${fault.message}\n`),
  });
  await prepare(machine.endpoints.controlSocket, options);
  const ended = untilEnded();
  const hands = createInterface({ input: process.stdin });
  hands.on('line', (line) => { if (line.trim() === 'mend') void askMachine(machine.endpoints.controlSocket, [{ do: 'mend' }]); });
  process.stdout.write(`${JSON.stringify(machine.endpoints, null, 2)}\n`);
  await Promise.race([ended, new Promise((resolve) => { machine.stopping.addEventListener('abort', resolve, { once: true }); })]);
  hands.close();
  return { exitCode: 0, json: { ended: true }, lines: [] };
}

async function prepare(controlSocket: string, options: Options): Promise<void> {
  const ribbon = options.ribbon === undefined ? null : /^(\w+):(\d{1,5})$/.exec(options.ribbon);
  if (options.ribbon !== undefined && ribbon === null) throw new StationFault('CLI-USAGE', { note: '--ribbon takes TYPE:SETS, such as ymcko:20' });
  await askMachine(controlSocket, [
    ...(ribbon === null ? [] : [{ do: 'change-ribbon', type: ribbon[1], sets: Number(ribbon[2]) }]),
    ...(options.blanks === undefined ? [] : [{ do: 'load-blanks', count: Number(options.blanks), kind: options.kind, lot: options.lot }]),
    ...options.fault.map((fault) => ({ do: 'arm-fault', fault })),
  ]);
}

/** Through the machine's own control socket, as anyone else would. */
async function askMachine(controlSocket: string, requests: readonly object[]): Promise<void> {
  const { openControl } = await import('../../simulator/script/control-client.ts');
  const { parseControlRequest } = await import('../../simulator/script/control-request.ts');
  await using control = await openControl(controlSocket);
  for (const request of requests) await control.ask(parseControlRequest(JSON.stringify(request)));
}
