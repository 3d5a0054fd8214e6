import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CardReading } from '../../drivers/read-card.ts';
import { mayRunPrivateService, openPrivateCardService, type CardService } from '../../simulator/machine/card-service.ts';
import { startProgram, type ChildProgram } from '../support/child-program.ts';

interface Ran<T> {
  readonly code: number | null;
  readonly result: T;
}

type Readings = { readonly cards: readonly (CardReading & { readonly reader: string })[] };

function describeRefusal(title: string): void {
  describe(title, () => {
    it('work on a card service of their own', (context) => context.skip('this user may not start a private card service (unshare --mount is refused)'));
  });
}

const mayRun = await mayRunPrivateService();

(mayRun ? describe : describeRefusal)('kortverk simulate card, kortverk card read', () => {
  let folder: string;
  let service: CardService;
  const ports: number[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kv-cards-'));
    service = await openPrivateCardService({ folder, readerNames: ['HID Global OMNIKEY 5022 Smart Card Reader', 'HID Global OMNIKEY 3x21 Smart Card Reader'] });
    ports.push(...service.readers.map(({ port }) => port));
  });
  afterAll(async () => {
    await service?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function insert(...args: readonly string[]): Promise<ChildProgram> {
    const card = startProgram('daemon/cli/kortverk', ['simulate', 'card', ...args]);
    expect(await card.untilLines(1)).toHaveLength(1);
    return card;
  }

  async function takeOut(card: ChildProgram): Promise<void> {
    card.kill('SIGTERM');
    expect(await card.ended()).toBe(0);
  }

  async function read(...args: readonly string[]): Promise<Ran<Readings>> {
    await using program = startProgram('daemon/cli/kortverk', ['card', 'read', '--json', '--socket', service.socketPath ?? '', ...args]);
    const code = await program.ended();
    return { code, result: JSON.parse(program.lines.join('\n')) as Readings };
  }

  it('read a MIFARE Classic with public keys, and keep the card in its file', async () => {
    const state = join(folder, 'mifare.json');
    const args = ['--type', 'mifare-1k', '--vpcd', `127.0.0.1:${ports[0]}`, '--uid', '04a1b2c3d4e5f6', '--state', state, '--reader', 'HID Global OMNIKEY 5022 Smart Card Reader'];
    await using card = await insert(...args);
    const { code, result } = await read('--reader', '5022 Smart Card Reader 00 00');
    expect(code).toBe(0);
    const [reading] = result.cards;
    expect([reading?.uid, reading?.atr, reading?.mifare?.chip, reading?.piv]).toEqual(['04A1B2C3D4E5F6', '3B8F8001804F0CA000000306030001000000006A', '1k', null]);
    expect(reading?.mifare?.directories).toEqual([]);
    expect(reading?.mifare?.sectors.map(({ key, blocks }) => [key, blocks.length])).toEqual(Array.from({ length: 16 }, () => ['FFFFFFFFFFFF', 3]));
    expect(reading?.mifare?.sectors[0]?.blocks[0]).toMatch(/^04A1B2C3D4E5F6/);
    await takeOut(card);
    expect(JSON.parse(await readFile(state, 'utf8'))).toMatchObject({ kind: 'mifare-classic-1k', uid: '04A1B2C3D4E5F6' });
    await using again = await insert('--type', 'mifare-1k', '--vpcd', `127.0.0.1:${ports[0]}`, '--state', state);
    expect(JSON.parse(again.lines[0] ?? '')).toMatchObject({ uid: '04A1B2C3D4E5F6' });
    await takeOut(again);
  });

  it('read a PIV card', async () => {
    await using card = await insert('--type', 'piv', '--vpcd', `127.0.0.1:${ports[1]}`);
    const { code, result } = await read('--reader', '3x21 Smart Card Reader 00 00');
    expect(code).toBe(0);
    expect(result.cards[0]).toMatchObject({ uid: null, mifare: null, piv: { guid: null, certificates: [] } });
    await takeOut(card);
  });

  it('leave no reader process behind when they are killed', async () => {
    await using program = startProgram('daemon/cli/kortverk', ['card', 'read', '--socket', service.socketPath ?? '', '--reader', '5022 Smart Card Reader 00 01', '--timeout', '60']);
    const children = async (): Promise<readonly string[]> => {
      const ofThread = await readFile(`/proc/${program.pid}/task/${program.pid}/children`, 'utf8');
      const pids = ofThread.split(' ').filter((pid) => pid !== '');
      const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8')));
      return pids.filter((_, index) => commands[index]?.includes('5022 Smart Card Reader 00 01'));
    };
    await expect.poll(children, { timeout: 20_000 }).toHaveLength(1);
    const [child] = await children();
    program.kill('SIGKILL');
    await program.ended();
    await expect.poll(() => existsSync(`/proc/${child}`), { timeout: 5000 }).toBe(false);
  });

  it('say which reader, which card, which option is wrong', async () => {
    expect((await read('--reader', 'Omnikey')).code).toBe(2);
    const none = await read('--reader', 'ACR122');
    expect([none.code, none.result]).toEqual([1, expect.objectContaining({ code: 'ENC-NO-READER' })]);
    const empty = await read('--reader', '5022 Smart Card Reader 00 01', '--timeout', '1');
    expect([empty.code, empty.result]).toEqual([1, expect.objectContaining({ code: 'ENC-NO-CARD' })]);
    expect((await read('--timeout', 'soon')).code).toBe(2);
    await using bad = startProgram('daemon/cli/kortverk', ['simulate', 'card', '--type', 'desfire', '--vpcd', '127.0.0.1:1']);
    expect(await bad.ended()).toBe(2);
  });
});
