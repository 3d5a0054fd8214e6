import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../../../drivers/contracts/clock.ts';
import { parseCardFault } from '../../../../simulator/machine/card-faults.ts';
import { openStandaloneCard, standaloneCardTypes, type StandaloneCardType } from '../../../../simulator/machine/standalone-card.ts';
import { slowMs } from '../../../../simulator/reader/vpcd-slot.ts';

let server: Server;
let folder: string;
const sockets: Socket[] = [];
const slept: number[] = [];
/** Time that passes at once and is written down. */
const clock: Clock = { ...systemClock, sleep: async (ms) => { slept.push(ms); } };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kv-card-'));
  server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  slept.length = 0;
  server.close();
  await rm(folder, { recursive: true, force: true });
});

interface Reader extends AsyncDisposable {
  readonly atr: string;
  /** Sends a command; the answer, hex, or `gone` when the card ends the connection. */
  send(command: string): Promise<string>;
}

/** The card service's side by hand: a card of a type in a slot, with faults. */
async function inserted(type: StandaloneCardType, ...faults: readonly string[]): Promise<Reader> {
  const card = await openStandaloneCard({
    type, host: '127.0.0.1', port: (server.address() as AddressInfo).port, stateFile: join(folder, `${type}.json`), reach: 'contact',
    readerName: 'ACS ACR122U PICC Interface', faults: faults.map(parseCardFault), clock, onTrouble: (fault) => { throw fault; },
  });
  if (sockets.length === 0) await once(server, 'connection');
  const socket = sockets.at(-1);
  if (socket === undefined) throw new Error('no card came');
  socket.write(Uint8Array.of(0, 1, 1));
  const gone = new Promise<string>((resolve) => { socket.once('end', () => resolve('gone')).once('close', () => resolve('gone')); });
  return {
    atr: card.atr,
    async send(command) {
      const body = Buffer.from(command, 'hex');
      socket.write(Uint8Array.of(0, body.length, ...body));
      const answer = new Promise<string>((resolve) => { socket.once('data', (chunk) => resolve(chunk.subarray(2).toString('hex').toUpperCase())); });
      return Promise.race([answer, gone]);
    },
    [Symbol.asyncDispose]: () => card[Symbol.asyncDispose](),
  };
}

const LOAD = 'FF82000006FFFFFFFFFFFF';
const OPEN = 'FF860000050100046000';
const write = (block: string, data: string): string => `FFD600${block}10${data}`;
const kept = async (type: StandaloneCardType): Promise<readonly string[]> => (JSON.parse(await readFile(join(folder, `${type}.json`), 'utf8')) as { memory: string[] }).memory;

describe('a card by itself', () => {
  it.each(standaloneCardTypes)('%s answers with an ATR and a UID', async (type) => {
    await using reader = await inserted(type);
    expect(reader.atr).toMatch(/^3B/);
    expect(await reader.send(type.startsWith('piv') ? '00A404000BA000000308000010000100' : 'FFCA000000')).toMatch(/9000$/);
  });

  it.each([['mifare-mini', 20], ['mifare-1k', 64], ['plus-2k', 128], ['mifare-4k', 256], ['plus-4k', 256]] as const)('%s has %d blocks', async (type, blocks) => {
    await using reader = await inserted(type);
    await reader.send(LOAD);
    expect(await kept(type)).toHaveLength(blocks);
  });

  it('does not take the state file of another chip', async () => {
    await (await inserted('plus-2k'))[Symbol.asyncDispose]();
    await expect(openStandaloneCard({ type: 'mifare-1k', host: '127.0.0.1', port: 1, stateFile: join(folder, 'plus-2k.json'), reach: 'contact', readerName: '', clock, onTrouble: () => undefined })).rejects.toMatchObject({ code: 'SIM-INVALID' });
  });
});

describe('faults of a card by itself', () => {
  it('card-gone: the second command finds no card', async () => {
    await using reader = await inserted('mifare-1k', 'card-gone@2');
    expect(await reader.send('FFCA000000')).toMatch(/9000$/);
    expect(await reader.send('FFCA000000')).toBe('gone');
  });

  it('card-slow: the first answer comes late, the second does not', async () => {
    await using reader = await inserted('mifare-1k', 'card-slow@1');
    expect(await reader.send('FFCA000000')).toMatch(/9000$/);
    expect(slept).toEqual([slowMs]);
    expect(await reader.send('FFCA000000')).toMatch(/9000$/);
    expect(slept).toEqual([slowMs]);
  });

  it('card-short: an answer without its first byte', async () => {
    await using reader = await inserted('mifare-1k', 'card-short@2');
    const whole = await reader.send('FFCA000000');
    expect(await reader.send('FFCA000000')).toBe(whole.slice(2));
  });

  it('card-6f00: the command is not done', async () => {
    await using reader = await inserted('mifare-1k', 'card-6f00@3');
    await reader.send(LOAD);
    await reader.send(OPEN);
    expect(await reader.send(write('04', 'AB'.repeat(16)))).toBe('6F00');
    expect(await reader.send('FFB0000410')).toBe(`${'00'.repeat(16)}9000`);
  });

  it('card-worn: the block of the second write keeps nothing any more, others do', async () => {
    await using reader = await inserted('mifare-1k', 'card-worn@2');
    await reader.send(LOAD);
    await reader.send(OPEN);
    for (const [block, byte] of [['04', 'A1'], ['05', 'A2'], ['06', 'A3'], ['05', 'A4']] as const) expect(await reader.send(write(block, byte.repeat(16)))).toBe('9000');
    expect((await kept('mifare-1k')).slice(4, 7)).toEqual(['A1'.repeat(16), '00'.repeat(16), 'A3'.repeat(16)]);
  });

  it('card-torn-trailer: half a trailer lands, and the card is gone before it answers', async () => {
    await using reader = await inserted('mifare-1k', 'card-torn-trailer@1');
    await reader.send(LOAD);
    await reader.send(OPEN);
    expect(await reader.send(write('04', 'A1'.repeat(16)))).toBe('9000');
    expect(await reader.send(write('07', '1112131415160F00FF69212223242526'))).toBe('gone');
    expect((await kept('mifare-1k'))[7]).toBe('1112131415160F008069212223242526');
  });

  it('card-torn: the write is kept and never answered', async () => {
    await using reader = await inserted('mifare-1k', 'card-torn@1');
    await reader.send(LOAD);
    await reader.send(OPEN);
    expect(await reader.send(write('04', 'A1'.repeat(16)))).toBe('gone');
    expect((await kept('mifare-1k'))[4]).toBe('A1'.repeat(16));
  });
});
