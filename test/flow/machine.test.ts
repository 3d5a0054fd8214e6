import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openPcscReader } from '../../drivers/channel/pcsc-reader.ts';
import { openTcpPort } from '../../drivers/channel/tcp-port.ts';
import type { CardReader } from '../../drivers/contracts/channel.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import type { CardStation, Printer } from '../../drivers/contracts/printer.ts';
import { openEvolisPrinter } from '../../drivers/printer/evolis/evolis-printer.ts';
import { mayRunPrivateService } from '../../simulator/machine/card-service.ts';
import type { MachineEndpoints } from '../../simulator/machine/endpoints.ts';
import { findMachine, findOrStartMachine, startMachine } from '../../simulator/machine/launch-machine.ts';
import { readPlasticLog } from '../../simulator/machine/plastic-log.ts';
import { openControl, type Control } from '../../simulator/script/control-client.ts';

const wait = (timeoutMs: number): { signal: AbortSignal; timeoutMs: number } => ({ signal: new AbortController().signal, timeoutMs });
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hexOf = (data: Uint8Array): string => Buffer.from(data).toString('hex').toUpperCase();
const getUid = bytes('FFCA000000');
const selectPiv = bytes('00A404000BA000000308000010000100');
const loadTransportKey = bytes('FF82200006FFFFFFFFFFFF');
const openBlock4 = bytes('FF860000050100046000');
const writeBlock4 = bytes(`FFD6000410${'4B6F727476657200000000000000AA55'.padEnd(32, '0')}`);

interface Hands extends AsyncDisposable {
  readonly endpoints: MachineEndpoints;
  readonly control: Control;
  readonly printer: Printer;
  readonly readers: Readonly<Record<CardStation, CardReader>>;
}

async function reach(endpoints: MachineEndpoints): Promise<Hands> {
  const control = await openControl(endpoints.controlSocket);
  const connect = (limit: ReturnType<typeof wait>): ReturnType<typeof openTcpPort> => openTcpPort({ ...endpoints.printer, clock: systemClock }, limit);
  const printer = await openEvolisPrinter({ connect, clock: systemClock }, wait(5000));
  await printer.prepare(wait(5000));
  const socket = endpoints.cardServiceSocket === null ? {} : { socketPath: endpoints.cardServiceSocket };
  const contactless = await openPcscReader({ name: endpoints.readers.contactless, ...socket });
  const contact = await openPcscReader({ name: endpoints.readers.contact, ...socket });
  return {
    endpoints, control, printer, readers: { contactless, contact },
    async [Symbol.asyncDispose]() {
      for (const part of [contact, contactless, printer, control]) await part[Symbol.asyncDispose]();
    },
  };
}

/** Stands in for the suite where the machine cannot have its own card service, and says why. */
function describeRefusal(title: string): void {
  describe(title, () => {
    it('runs with a card service of its own', (context) => context.skip('this user may not start a private card service (unshare --mount is refused)'));
  });
}

const mayRun = await mayRunPrivateService();

(mayRun ? describe : describeRefusal)('the machine', () => {
  let folder: string;
  let hands: Hands;
  const launch = { clock: systemClock, timeFactor: 0, ca: false } as const;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kv-machine-'));
    hands = await reach(await startMachine({ folder, ...launch }, wait(60_000)));
  });
  afterAll(async () => {
    const running = await findMachine(folder, systemClock);
    if (running !== null) process.kill(running.pid, 'SIGTERM');
    await hands?.[Symbol.asyncDispose]();
    await vi.waitUntil(async () => (await findMachine(folder, systemClock)) === null, { timeout: 10_000 });
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    const { inside } = await hands.control.ask({ do: 'status' });
    if (inside !== null) await hands.control.ask({ do: 'take-card', uid: inside });
    await hands.control.ask({ do: 'mend' });
  });

  it('shows a card on the reader of its station and nowhere else', async () => {
    const { uids: [uid] } = await hands.control.ask({ do: 'load-blanks', count: 1, kind: 'mifare+piv', lot: 'A' });
    await hands.printer.feed('contactless', wait(5000));
    {
      await using card = await hands.readers.contactless.connect(wait(5000));
      expect(hexOf(card.atr)).toBe('3B8F8001804F0CA000000306030001000000006A');
      expect(hexOf(await card.channel.transmit(getUid, wait(1000)))).toBe(`${uid}9000`);
      await expect(hands.readers.contact.connect(wait(1200))).rejects.toMatchObject({ code: 'ENC-NO-CARD' });
    }
    await hands.printer.move('contact', wait(5000));
    {
      await using card = await hands.readers.contact.connect(wait(5000));
      expect(hexOf(await card.channel.transmit(selectPiv, wait(1000)))).toMatch(/^61.*9000$/);
      await expect(hands.readers.contactless.connect(wait(1200))).rejects.toMatchObject({ code: 'ENC-NO-CARD' });
    }
    await hands.printer.eject('output', wait(5000));
    await expect(hands.readers.contact.connect(wait(1200))).rejects.toMatchObject({ code: 'ENC-NO-CARD' });
    const { cards } = await hands.control.ask({ do: 'look' });
    expect(cards.filter((card) => card.uid === uid)).toEqual([{ uid, lot: 'A', kind: 'mifare+piv', place: 'output', printed: false, tag: null }]);
  });

  it('shows the PIV applet on both readers of a PIV card, with the limits of the field', async () => {
    await hands.control.ask({ do: 'load-blanks', count: 1, kind: 'piv', lot: 'P' });
    await hands.printer.feed('contactless', wait(5000));
    {
      await using card = await hands.readers.contactless.connect(wait(5000));
      expect(hexOf(await card.channel.transmit(selectPiv, wait(1000)))).toMatch(/9000$/);
      expect(hexOf(await card.channel.transmit(bytes('0020008008313233343536FFFF'), wait(1000)))).not.toMatch(/9000$/);
    }
    await hands.printer.move('contact', wait(5000));
    await using card = await hands.readers.contact.connect(wait(5000));
    await card.channel.transmit(selectPiv, wait(1000));
    expect(hexOf(await card.channel.transmit(bytes('0020008008313233343536FFFF'), wait(1000)))).toBe('9000');
  });

  it('keeps what a chip has written when it is killed, and the card where it was', async () => {
    const { uids: [uid = ''] } = await hands.control.ask({ do: 'load-blanks', count: 1, kind: 'mifare+piv', lot: 'K' });
    await hands.printer.feed('contactless', wait(5000));
    {
      await using card = await hands.readers.contactless.connect(wait(5000));
      for (const command of [loadTransportKey, openBlock4, writeBlock4]) expect(hexOf(await card.channel.transmit(command, wait(1000)))).toBe('9000');
      process.kill(hands.endpoints.pid, 'SIGKILL');
    }
    await hands[Symbol.asyncDispose]();
    expect(await findMachine(folder, systemClock)).toBeNull();
    hands = await reach(await findOrStartMachine({ folder, ...launch }, wait(60_000)));
    expect(await hands.printer.examine(wait(2000))).toMatchObject({ position: 'contactless' });
    await using card = await hands.readers.contactless.connect(wait(5000));
    await card.channel.transmit(loadTransportKey, wait(1000));
    await card.channel.transmit(openBlock4, wait(1000));
    expect(hexOf(await card.channel.transmit(bytes('FFB0000410'), wait(1000)))).toBe(`${hexOf(writeBlock4).slice(10)}9000`);
    expect((await hands.control.ask({ do: 'status' })).inside).toBe(uid);
  });

  it('is found again by its folder and refuses a second machine in it', async () => {
    expect((await findOrStartMachine({ folder, ...launch }, wait(60_000))).pid).toBe(hands.endpoints.pid);
    await expect(startMachine({ folder, ...launch }, wait(60_000))).rejects.toMatchObject({ code: 'LNK-CLOSED', message: expect.stringContaining('another machine runs in this folder') });
    expect((await hands.control.ask({ do: 'status' })).pid).toBe(hands.endpoints.pid);
  });

  it('lets hands take a card out, put it back and swap two, and its account says so', async () => {
    const { uids: [first = '', second = ''] } = await hands.control.ask({ do: 'load-blanks', count: 2, kind: 'piv', lot: 'H' });
    await hands.printer.feed('contact', wait(5000));
    const { inside } = await hands.control.ask({ do: 'status' });
    expect(await hands.control.ask({ do: 'take-card', uid: inside ?? '' })).toMatchObject({ place: 'hand' });
    expect(await hands.printer.examine(wait(2000))).toMatchObject({ position: 'none' });
    expect(await hands.control.ask({ do: 'put-card', uid: inside ?? '', where: 'contact' })).toMatchObject({ place: 'contact' });
    expect(await hands.printer.examine(wait(2000))).toMatchObject({ position: 'contact' });
    const feeder = (await hands.control.ask({ do: 'look' })).cards.filter(({ place }) => place === 'feeder');
    const other = feeder.find(({ uid }) => uid === first || uid === second)?.uid ?? '';
    const { cards } = await hands.control.ask({ do: 'swap-cards', first: inside ?? '', second: other });
    expect(cards.map(({ place }) => place)).toEqual(['feeder', 'contact']);
    await expect(hands.control.ask({ do: 'take-card', uid: '04000000000000' })).rejects.toMatchObject({ code: 'SIM-INVALID' });
    await expect(hands.control.ask({ do: 'put-card', uid: other, where: 'reject' })).rejects.toMatchObject({ code: 'SIM-INVALID' });
    const account = readPlasticLog(join(folder, 'plastic.ndjson')).map(({ event }) => event).filter(({ uid }) => uid === inside);
    expect(account.map(({ what }) => what)).toEqual(['loaded', 'fed', 'moved', 'taken', 'put', 'taken', 'put']);
    for (const { uid } of [...feeder, ...cards]) await hands.control.ask({ do: 'take-card', uid }).catch(() => undefined);
  });

  it('keeps a picture of both sides of every card it ejects', async () => {
    const { uids: [uid] } = await hands.control.ask({ do: 'load-blanks', count: 1, kind: 'piv', lot: 'B' });
    await hands.printer.feed('contact', wait(5000));
    const black = new Uint8Array(1016 * 648);
    black.fill(1, 0, 1016 * 100);
    const side = { widthDots: 1016, heightDots: 648, k: black };
    await hands.printer.print({ front: side, digest: 'front only' }, wait(60_000));
    await hands.printer.eject('output', wait(5000));
    const picture = await sharp(join(folder, 'pictures', `${uid}-front.png`)).greyscale().raw().toBuffer({ resolveWithObject: true });
    expect([picture.info.width, picture.info.height, picture.data[0], picture.data[1016 * 99 + 1015], picture.data[1016 * 100]]).toEqual([1016, 648, 0, 0, 255]);
    expect(existsSync(join(folder, 'pictures', `${uid}-back.png`))).toBe(true);
    const account = readPlasticLog(join(folder, 'plastic.ndjson')).map(({ event }) => event).filter((event) => event.uid === uid);
    expect(account).toContainEqual({ what: 'marked', uid, side: 'front', ink: 'k', passes: 1 });
    expect(account.at(-1)).toEqual({ what: 'output', uid, printed: true });
  });

  it.each([
    ['card-mute@contact:1', 'LNK-TIMEOUT'],
    ['card-gone@contact:1', 'LNK-CARD-GONE'],
    ['service-dies@contact:1', 'LNK-SERVICE-GONE'],
  ])('commits %s', async (fault, code) => {
    await hands.control.ask({ do: 'load-blanks', count: 1, kind: 'piv', lot: 'F' });
    await hands.printer.feed('contact', wait(5000));
    {
      await using card = await hands.readers.contact.connect(wait(5000));
      await hands.control.ask({ do: 'arm-fault', fault });
      await expect(card.channel.transmit(selectPiv, wait(1500))).rejects.toMatchObject({ code });
    }
    await hands.printer.move('contactless', wait(5000));
    await hands.printer.move('contact', wait(5000));
    await using again = await hands.readers.contact.connect(wait(10_000));
    expect(hexOf(await again.channel.transmit(selectPiv, wait(2000)))).toMatch(/9000$/);
  });

  it('tears a write: the chip has it, the reader never hears of it', async () => {
    await hands.control.ask({ do: 'load-blanks', count: 1, kind: 'mifare+piv', lot: 'T' });
    await hands.printer.feed('contactless', wait(5000));
    {
      await using card = await hands.readers.contactless.connect(wait(5000));
      await card.channel.transmit(loadTransportKey, wait(1000));
      await card.channel.transmit(openBlock4, wait(1000));
      await hands.control.ask({ do: 'arm-fault', fault: 'card-torn@1' });
      await expect(card.channel.transmit(writeBlock4, wait(1500))).rejects.toMatchObject({ code: 'LNK-CARD-GONE' });
    }
    const { inside } = await hands.control.ask({ do: 'status' });
    const { chips } = await hands.control.ask({ do: 'dump-chips', uid: inside ?? '' });
    expect(JSON.stringify(chips)).toContain(hexOf(writeBlock4).slice(10));
  });

  it('knows its faults by name', async () => {
    const { faults } = await hands.control.ask({ do: 'list-faults' });
    expect(faults.map(({ name }) => name)).toEqual(expect.arrayContaining(['jam-at-print', 'feeder-empty', 'card-mute', 'service-dies']));
    await expect(hands.control.ask({ do: 'arm-fault', fault: 'bad-weather@1' })).rejects.toMatchObject({ code: 'SIM-INVALID' });
    await expect(hands.control.ask({ do: 'arm-fault', fault: 'ca-away@1' })).rejects.toMatchObject({ code: 'SIM-INVALID', detail: { note: 'the machine runs without one' } });
    expect((await hands.control.ask({ do: 'arm-fault', fault: 'jam-at-print@5' })).armedFaults).toEqual(['jam-at-print']);
    expect((await hands.control.ask({ do: 'disarm-fault', fault: 'jam-at-print' })).armedFaults).toEqual([]);
  });

  it('runs an authority that fails when told to', async () => {
    const other = await mkdtemp(join(tmpdir(), 'kv-machine-'));
    const { ca, controlSocket } = await startMachine({ folder: other, ...launch, ca: true }, wait(60_000));
    await using control = await openControl(controlSocket);
    const trust = await readFile(ca?.trustAnchorFile ?? '');
    const answer = (): Promise<number> => new Promise((resolve) => {
      get(`${ca?.url}/cacerts`, { ca: trust, agent: false }, (response) => resolve(response.resume().statusCode ?? 0)).on('error', () => resolve(-1));
    });
    expect(await answer()).toBe(200);
    await control.ask({ do: 'arm-fault', fault: 'ca-away@1' });
    expect([await answer(), await answer()]).toEqual([-1, 200]);
    await control.ask({ do: 'arm-fault', fault: 'ca-away@9' });
    await control.ask({ do: 'disarm-fault', fault: 'ca-away' });
    expect(await answer()).toBe(200);
    await control.ask({ do: 'stop' });
    await expect.poll(() => findMachine(other, systemClock), { timeout: 5000 }).toBeNull();
    await rm(other, { recursive: true, force: true });
  });

  it('leaves nothing running when it is told to stop', async () => {
    const other = await mkdtemp(join(tmpdir(), 'kv-machine-'));
    const endpoints = await startMachine({ folder: other, ...launch }, wait(60_000));
    {
      await using reached = await reach(endpoints);
      await reached.control.ask({ do: 'load-blanks', count: 1, kind: 'piv', lot: 'Z' });
      await reached.printer.feed('contact', wait(5000));
      await using card = await reached.readers.contact.connect(wait(5000));
      await card.channel.transmit(selectPiv, wait(1000));
      await reached.control.ask({ do: 'stop' });
      await expect.poll(() => findMachine(other, systemClock), { timeout: 5000 }).toBeNull();
    }
    await expect.poll(() => spawnSync('pgrep', ['-f', other]).stdout.toString(), { timeout: 5000 }).toBe('');
    expect(existsSync(join(other, 'endpoints.json'))).toBe(false);
    expect(await readFile(join(other, 'machine.log'), 'utf8')).toBe('');
    await rm(other, { recursive: true, force: true });
  });

  it('is not left behind by a start that nobody waits for any more', async () => {
    const other = await mkdtemp(join(tmpdir(), 'kv-machine-'));
    await expect(startMachine({ folder: other, ...launch }, wait(30))).rejects.toMatchObject({ code: 'LNK-TIMEOUT' });
    await expect.poll(() => spawnSync('pgrep', ['-f', other]).stdout.toString(), { timeout: 5000 }).toBe('');
    await rm(other, { recursive: true, force: true });
  });

  it('takes its card service with it when it is killed', async () => {
    const other = await mkdtemp(join(tmpdir(), 'kv-machine-'));
    const endpoints = await startMachine({ folder: other, ...launch }, wait(60_000));
    process.kill(endpoints.pid, 'SIGKILL');
    await expect.poll(() => spawnSync('pgrep', ['-f', other]).stdout.toString(), { timeout: 5000 }).toBe('');
    await rm(other, { recursive: true, force: true });
  });
});
