import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CardReader } from '../../drivers/contracts/channel.ts';
import type { SimulatedChip } from '../../simulator/card/simulated-chip.ts';

/** A reader under test and the hands that reach it from the other side. */
export interface ReaderSubject extends AsyncDisposable {
  open(): Promise<CardReader>;
  /** A second reader of the same service, with a slot of its own. */
  openOther(): Promise<CardReader>;
  insert(chip: SimulatedChip): void;
  insertOther(chip: SimulatedChip): void;
  remove(): void;
  removeOther(): void;
  /** From the next command on, the card in the slot never answers again. */
  fallMute(): void;
  heal(): void;
  /** Null where the service cannot be ended from here. */
  killService: (() => Promise<void>) | null;
  startService: (() => Promise<void>) | null;
}

const wait = (timeoutMs: number): { signal: AbortSignal; timeoutMs: number } => ({ signal: new AbortController().signal, timeoutMs });
const code = (fault: string): unknown => expect.objectContaining({ code: fault });
const select = Uint8Array.from(Buffer.from('00A40400080102030405060708', 'hex'));

/** A chip that tells its own name, so that a mixed-up slot shows; `00 EE hh ll 00` answers that many bytes in parts of at most 253. */
export class NamedChip implements SimulatedChip {
  readonly atr: Uint8Array;
  readonly name: string;
  readonly commands: string[] = [];
  powerUps = 0;
  onCommand: () => void = () => undefined;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(name: string, atr = '3B8F8001804F0CA000000306030001000000006A') {
    this.name = name;
    this.atr = Uint8Array.from(Buffer.from(atr, 'hex'));
  }

  reset(): void {
    this.powerUps += 1;
  }

  powerOff(): void {
    this.#rest = new Uint8Array(0);
  }

  transmit(command: Uint8Array): Uint8Array {
    this.commands.push(Buffer.from(command).toString('hex'));
    this.onCommand();
    if (command[1] === 0xee) this.#rest = Uint8Array.from({ length: ((command[2] ?? 0) << 8) | (command[3] ?? 0) }, (_, index) => index % 251);
    else if (command[1] !== 0xc0) this.#rest = Uint8Array.from(Buffer.from(this.name));
    const part = this.#rest.subarray(0, 253);
    this.#rest = this.#rest.subarray(part.length);
    const sw = this.#rest.length === 0 ? [0x90, 0x00] : [0x61, Math.min(253, this.#rest.length)];
    return Uint8Array.of(...part, ...sw);
  }
}

const nameOf = (response: Uint8Array): string => Buffer.from(response.subarray(0, -2)).toString();

/** What every reader must do, whatever it is made of (drivers/contracts/channel.ts). */
export function cardReaderContract(title: string, openSubject: () => Promise<ReaderSubject>): void {
  describe(`card reader: ${title}`, () => {
    let subject: ReaderSubject;
    beforeAll(async () => { subject = await openSubject(); });
    afterAll(async () => subject?.[Symbol.asyncDispose]());
    afterEach(() => {
      subject.remove();
      subject.removeOther();
      subject.heal();
    });

    it('connects to a card that is there, speaks to it and lets it go', async () => {
      const chip = new NamedChip('anna');
      subject.insert(chip);
      await using reader = await subject.open();
      {
        await using connection = await reader.connect(wait(5000));
        expect(Buffer.from(connection.atr).toString('hex')).toBe(Buffer.from(chip.atr).toString('hex'));
        expect(nameOf(await connection.channel.transmit(select, wait(1000)))).toBe('anna');
        expect(chip.commands).toEqual([Buffer.from(select).toString('hex')]);
      }
      await using again = await reader.connect(wait(5000));
      expect(nameOf(await again.channel.transmit(select, wait(1000)))).toBe('anna');
    });

    it('waits for a card that comes later', async () => {
      await using reader = await subject.open();
      const connecting = reader.connect(wait(8000));
      setTimeout(() => subject.insert(new NamedChip('late')), 700);
      await using connection = await connecting;
      expect(nameOf(await connection.channel.transmit(select, wait(1000)))).toBe('late');
    });

    it('says that no card came', async () => {
      await using reader = await subject.open();
      await expect(reader.connect(wait(1500))).rejects.toEqual(code('ENC-NO-CARD'));
    });

    it('stops waiting when told to', async () => {
      await using reader = await subject.open();
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 200);
      await expect(reader.connect({ signal: stop.signal, timeoutMs: 20_000 })).rejects.toEqual(code('STA-ABORTED'));
    });

    it('tells a card that is taken out while it works from one that answers', async () => {
      const chip = new NamedChip('short');
      subject.insert(chip);
      await using reader = await subject.open();
      await using connection = await reader.connect(wait(5000));
      chip.onCommand = () => subject.remove();
      await expect(connection.channel.transmit(select, wait(5000))).rejects.toEqual(code('LNK-CARD-GONE'));
      await expect(connection.channel.transmit(select, wait(5000))).rejects.toEqual(code('LNK-CARD-GONE'));
      await connection[Symbol.asyncDispose]();
      subject.insert(new NamedChip('next'));
      await using next = await reader.connect(wait(8000));
      expect(nameOf(await next.channel.transmit(select, wait(1000)))).toBe('next');
    });

    it('gives up on a mute card at the deadline and works with the next one', async () => {
      subject.insert(new NamedChip('mute'));
      await using reader = await subject.open();
      const connection = await reader.connect(wait(5000));
      subject.fallMute();
      await expect(connection.channel.transmit(select, wait(700))).rejects.toEqual(code('LNK-TIMEOUT'));
      await connection[Symbol.asyncDispose]();
      subject.remove();
      subject.heal();
      subject.insert(new NamedChip('sound'));
      await using next = await reader.connect(wait(8000));
      expect(nameOf(await next.channel.transmit(select, wait(1000)))).toBe('sound');
    });

    it('is not disturbed by a connect that was given up before', async () => {
      subject.insert(new NamedChip('mute'));
      await using reader = await subject.open();
      const connection = await reader.connect(wait(5000));
      subject.fallMute();
      await expect(connection.channel.transmit(select, wait(300))).rejects.toEqual(code('LNK-TIMEOUT'));
      await connection[Symbol.asyncDispose]();
      for (const timeoutMs of [1, 60, 120, 250, 500, 900]) {
        await expect(reader.connect(wait(timeoutMs)), `after ${timeoutMs} ms`).rejects.toMatchObject({ code: expect.stringMatching(/^(LNK|ENC)-/) as string });
      }
      subject.remove();
      subject.heal();
      subject.insert(new NamedChip('sound'));
      await using next = await reader.connect(wait(8000));
      expect(nameOf(await next.channel.transmit(select, wait(1000)))).toBe('sound');
    });

    it('breaks off an exchange when told to', async () => {
      subject.insert(new NamedChip('slow'));
      await using reader = await subject.open();
      await using connection = await reader.connect(wait(5000));
      subject.fallMute();
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 200);
      await expect(connection.channel.transmit(select, { signal: stop.signal, timeoutMs: 20_000 })).rejects.toEqual(code('STA-ABORTED'));
    });

    it('powers a card down when it lets it go', async () => {
      const chip = new NamedChip('cold');
      subject.insert(chip);
      await using reader = await subject.open();
      await (await reader.connect(wait(5000)))[Symbol.asyncDispose]();
      const before = chip.powerUps;
      await using connection = await reader.connect(wait(5000));
      await connection.channel.transmit(select, wait(1000));
      expect(chip.powerUps).toBeGreaterThan(before);
    });

    it('keeps the card to itself', async () => {
      subject.insert(new NamedChip('mine'));
      await using first = await subject.open();
      await using second = await subject.open();
      await using connection = await first.connect(wait(5000));
      await expect(second.connect(wait(1200))).rejects.toEqual(code('ENC-NO-READER'));
      expect(nameOf(await connection.channel.transmit(select, wait(1000)))).toBe('mine');
    });

    it('does not mix up two readers that work at the same time', async () => {
      subject.insert(new NamedChip('left'));
      subject.insertOther(new NamedChip('right'));
      await using left = await subject.open();
      await using right = await subject.openOther();
      await using here = await left.connect(wait(5000));
      await using there = await right.connect(wait(5000));
      const speak = async (channel: typeof here.channel): Promise<string[]> => {
        const heard: string[] = [];
        for (let turn = 0; turn < 100; turn += 1) heard.push(nameOf(await channel.transmit(select, wait(2000))));
        return [...new Set(heard)];
      };
      expect(await Promise.all([speak(here.channel), speak(there.channel)])).toEqual([['left'], ['right']]);
    });

    it('carries long commands and the longest answers', async () => {
      const chip = new NamedChip('long');
      subject.insert(chip);
      await using reader = await subject.open();
      await using connection = await reader.connect(wait(5000));
      const command = Uint8Array.of(0x00, 0xdb, 0x3f, 0xff, 0x00, 0x0c, 0x00, ...Array.from({ length: 3072 }, (_, index) => index & 0xff));
      await connection.channel.transmit(command, wait(2000));
      expect(chip.commands.at(-1)).toBe(Buffer.from(command).toString('hex'));
      const response = await connection.channel.transmit(Uint8Array.of(0x00, 0xee, 0x00, 0xfd, 0x00), wait(2000));
      expect([...response.subarray(0, -2)]).toEqual(Array.from({ length: 253 }, (_, index) => index % 251));
    });

    it('finds the service again after it died', async (context) => {
      if (subject.killService === null || subject.startService === null) return context.skip("the computer's own card service is not ours to end");
      subject.insert(new NamedChip('survivor'));
      await using reader = await subject.open();
      const connection = await reader.connect(wait(5000));
      await subject.killService();
      await expect(connection.channel.transmit(select, wait(3000))).rejects.toEqual(code('LNK-SERVICE-GONE'));
      await connection[Symbol.asyncDispose]();
      await expect(reader.connect(wait(3000))).rejects.toEqual(code('LNK-SERVICE-GONE'));
      await subject.startService();
      await using again = await reader.connect(wait(10_000));
      expect(nameOf(await again.channel.transmit(select, wait(1000)))).toBe('survivor');
    });
  });
}
