import { systemClock } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { perform, type CommandRegistration, type CommandResult } from './command.ts';
import { parseEndpoint, untilEnded } from './simulate-lifetime.ts';

interface Options {
  readonly type: string;
  readonly vpcd: string;
  readonly uid?: string;
  readonly state?: string;
  readonly interface: string;
  readonly reader: string;
  readonly fault: readonly string[];
  readonly json?: boolean;
}

/** `kortverk simulate card`: one card in a vpcd slot of any pcscd, kept in a file between runs. */
export const registerSimulateCard: CommandRegistration = (simulate) => {
  simulate
    .command('card')
    .description('One card in a vpcd slot of any card service (pcscd); prints it as JSON and stays in the slot until ended')
    .requiredOption('--type <type>', 'piv, piv-channel (personalised through SCP03 only), mifare-1k, mifare-4k, mifare-mini, plus-2k or plus-4k (MIFARE Plus in security level 1)')
    .requiredOption('--vpcd <host:port>', 'where vpcd awaits a card; Debian\'s default is localhost:35963')
    .option('--uid <hex>', 'UID of a new card; made up when not given')
    .option('--state <file>', 'keeps the card between runs')
    .option('--interface <way>', 'how a PIV chip is reached: contact or contactless', 'contact')
    .option('--reader <name>', 'the reader whose habits towards a storage card are imitated', 'generic')
    .option('--fault <name@n>', 'a fault at the Nth command or write, such as card-gone@12 or card-torn-trailer@3; may be repeated', (value: string, before: readonly string[]) => [...before, value], [])
    .option('--json', 'print the summary as JSON')
    .action(async (options: Options) => perform(options, async () => serveCard(options)));
};

async function serveCard(options: Options): Promise<CommandResult> {
  const { openStandaloneCard, standaloneCardTypes } = await import('../../simulator/machine/standalone-card.ts');
  const type = standaloneCardTypes.find((name) => name === options.type);
  if (type === undefined) throw new StationFault('CLI-USAGE', { note: `--type takes ${standaloneCardTypes.join(', ')}` });
  const reach = (['contact', 'contactless'] as const).find((way) => way === options.interface);
  if (reach === undefined) throw new StationFault('CLI-USAGE', { note: '--interface takes contact or contactless' });
  const { parseCardFault } = await import('../../simulator/machine/card-faults.ts');
  await using card = await openStandaloneCard({
    type,
    reach,
    ...parseEndpoint(options.vpcd),
    ...(options.uid === undefined ? {} : { uid: options.uid.toUpperCase() }),
    ...(options.state === undefined ? {} : { stateFile: options.state }),
    readerName: options.reader,
    faults: options.fault.map(parseCardFault),
    clock: systemClock,
    onTrouble: (fault) => process.stderr.write(`${fault.message}\n`),
  });
  const ended = untilEnded();
  process.stdout.write(`${JSON.stringify({ device: 'card', type, uid: card.uid, atr: card.atr, vpcd: options.vpcd })}\n`);
  await ended;
  return { exitCode: 0, json: { uid: card.uid }, lines: [] };
}
