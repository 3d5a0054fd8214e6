import { StationFault } from '../../drivers/contracts/fault.ts';
import type { CardReading } from '../../drivers/read-card.ts';
import { perform, type CommandRegistration, type CommandResult } from './command.ts';

interface Options {
  readonly reader?: string;
  readonly socket?: string;
  readonly timeout: string;
  readonly json?: boolean;
}

interface ReadCard extends CardReading {
  readonly reader: string;
}

/** `kortverk card read`: what the cards in the readers show to anyone; no PIN, no secret key. */
export const registerCardRead: CommandRegistration = (card) => {
  card
    .command('read')
    .description('What a card carries: UID, ATR, sectors that public keys open, PIV objects and certificates')
    .option('--reader <name>', 'the reader, or a part of its name; without it every reader that has a card')
    .option('--socket <path>', 'socket of a card service of its own; the computer\'s unless given')
    .option('--timeout <seconds>', 'how long to wait for the card', '5')
    .option('--json', 'print the reading as JSON')
    .action(async (options: Options) => perform(options, async () => read(options)));
};

async function read(options: Options): Promise<CommandResult> {
  const timeoutMs = Number(options.timeout) * 1000;
  if (!(timeoutMs > 0 && timeoutMs <= 600_000)) throw new StationFault('CLI-USAGE', { note: '--timeout takes seconds from 1 to 600' });
  const limit = { signal: new AbortController().signal, timeoutMs };
  const service = options.socket === undefined ? {} : { socketPath: options.socket };
  const { openPcscReader } = await import('../../drivers/channel/pcsc-reader.ts');
  const { readCard } = await import('../../drivers/read-card.ts');
  const cards: ReadCard[] = [];
  for (const name of await chooseReaders(options, service, limit)) {
    await using reader = await openPcscReader({ name, ...service });
    await using connection = await reader.connect(limit);
    cards.push({ reader: name, ...(await readCard(connection, name, limit)) });
  }
  return { exitCode: 0, json: { cards }, lines: cards.flatMap(describe) };
}

/** The reader that is named, or all that have a card. Throws `ENC-NO-READER`, `ENC-NO-CARD`, and `CLI-USAGE` for a part of a name that fits several. */
async function chooseReaders(options: Options, service: { readonly socketPath?: string }, limit: { readonly signal: AbortSignal; readonly timeoutMs: number }): Promise<readonly string[]> {
  const { listPcscReaders } = await import('../../drivers/channel/pcsc-list.ts');
  const readers = await listPcscReaders({ ...service, limit });
  const { reader: wanted } = options;
  if (wanted === undefined) {
    const occupied = readers.filter(({ card }) => card === 'present').map(({ name }) => name);
    if (occupied.length === 0) throw new StationFault(readers.length === 0 ? 'ENC-NO-READER' : 'ENC-NO-CARD', { note: `readers: ${readers.map(({ name }) => name).join(', ') || 'none'}` });
    return occupied;
  }
  const names = readers.map(({ name }) => name);
  const fitting = names.includes(wanted) ? [wanted] : names.filter((name) => name.toLowerCase().includes(wanted.toLowerCase()));
  if (fitting.length === 0) throw new StationFault('ENC-NO-READER', { note: `readers: ${names.join(', ') || 'none'}` });
  if (fitting.length > 1) throw new StationFault('CLI-USAGE', { note: `several readers are called so: ${fitting.join(', ')}` });
  return fitting;
}

function describe({ reader, uid, atr, mifare, piv }: ReadCard): readonly string[] {
  const head = [`Reader: ${reader}`, `ATR: ${atr}`, `UID: ${uid ?? 'not told'}`];
  if (mifare !== null) return [...head, `Chip: MIFARE Classic ${mifare.chip.toUpperCase()}`, ...describeMifare(mifare)];
  return piv === null ? [...head, 'No PIV application'] : [...head, ...describePiv(piv)];
}

function describeMifare({ directories, sectors }: NonNullable<ReadCard['mifare']>): readonly string[] {
  const directory = directories.length === 0 ? 'Directory: none' : `Directory: ${directories.map(({ version }) => `MAD${version}`).join(' and ')}`;
  return [directory, ...sectors.flatMap(({ sector, aid, key, blocks }) => [
    `Sector ${sector}${aid === null || aid === '0000' ? '' : `, AID ${aid}`}: ${key === null ? 'closed to public keys' : `open with ${key}`}`,
    ...blocks.map((block) => `  ${block ?? 'not readable'}`),
  ])];
}

function describePiv({ guid, expires, objects, certificates }: NonNullable<ReadCard['piv']>): readonly string[] {
  const closed = objects.filter(({ bytes }) => bytes === null).map(({ id }) => id);
  return [
    `PIV: GUID ${guid ?? 'none'}, expires ${expires ?? 'not told'}`,
    ...objects.flatMap(({ id, name, bytes }) => (bytes === null ? [] : [`  ${id} ${name}: ${bytes} bytes`])),
    ...(closed.length === 0 ? [] : [`  not shown without a PIN, or on this interface: ${closed.join(' ')}`]),
    ...certificates.map(({ object, subject, issuer, serialNumber, validTo }) => `  ${object} certificate ${serialNumber}: ${subject}; by ${issuer}; to ${validTo}`),
  ];
}
