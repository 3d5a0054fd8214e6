import { systemClock } from '../../drivers/contracts/clock.ts';
import { suppliesText } from './bench-lines.ts';
import { perform, type CommandRegistration, type CommandResult } from './command.ts';
import { parseEndpoint } from './simulate-lifetime.ts';

interface Options {
  readonly host: readonly string[];
  readonly json?: boolean;
}

const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];
const ASK_TIMEOUT_MS = 6000;

/** `kortverk printers`: the card printers of this computer and of named hosts, as they describe themselves. */
export const registerPrinters: CommandRegistration = (program) => {
  program
    .command('printers')
    .description('Find card printers on USB and on hosts, and show what each is and can do; moves nothing')
    .option('--host <host:port>', 'a host to ask, usually on port 9100; may be repeated', collect, [])
    .option('--json', 'print what was found as JSON')
    .action(async (options: Options) => perform(options, async () => showPrinters(options)));
};

async function showPrinters({ host }: Options): Promise<CommandResult> {
  const { findPrinters } = await import('../../drivers/find-printers.ts');
  const { found, silent } = await findPrinters({ hosts: host.map(parseEndpoint), clock: systemClock }, { signal: new AbortController().signal, timeoutMs: ASK_TIMEOUT_MS });
  const json = { found, silent: silent.map(({ settings, fault }) => ({ settings, code: fault.code })) };
  const lines = [
    ...found.map(({ settings, description: d, supplies }) => `${d.maker} ${d.model}, serial ${d.serial}, firmware ${d.firmware}: ${[...(d.stations.length === 0 ? ['no chip stations'] : d.stations), ...(d.duplex ? ['duplex'] : []), `${String(d.widthDots)} x ${String(d.heightDots)} dots`].join(', ')} (${settings.protocol}, ${JSON.stringify(settings.link)}); ${suppliesText(supplies)}`),
    ...silent.map(({ settings, fault }) => `${JSON.stringify(settings.link)}: ${fault.message}`),
    ...(found.length === 0 ? ['no card printer answered'] : []),
  ];
  return { exitCode: silent.length > 0 || found.length === 0 ? 1 : 0, json, lines };
}
