import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StationFault } from '../../../../drivers/contracts/fault.ts';
import type { SimulatedChip } from '../../../../simulator/card/simulated-chip.ts';
import { VpcdSlot } from '../../../../simulator/reader/vpcd-slot.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

class EchoChip implements SimulatedChip {
  readonly atr = bytes('3B80');
  readonly seen: string[] = [];
  answer: Uint8Array | null = null;
  reset(): void { this.seen.push('reset'); }
  powerOff(): void { this.seen.push('off'); }
  transmit(command: Uint8Array): Uint8Array {
    this.seen.push(Buffer.from(command).toString('hex'));
    return this.answer ?? Uint8Array.of(...command, 0x90, 0x00);
  }
}

/** Takes part of vpcd's side by hand: what it writes comes when the test says so. */
describe('slot of vpcd', () => {
  let server: Server;
  let port: number;
  let sockets: Socket[];
  let slot: VpcdSlot;
  const troubles: StationFault[] = [];

  beforeEach(async () => {
    sockets = [];
    server = createServer((socket) => sockets.push(socket.setNoDelay(true)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
    slot = new VpcdSlot({ port, onTrouble: (fault) => troubles.push(fault) });
  });
  afterEach(async () => {
    await slot[Symbol.asyncDispose]();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  async function reader(): Promise<Socket> {
    if (sockets.length === 0) await once(server, 'connection');
    const socket = sockets.at(-1);
    if (socket === undefined) throw new Error('no card came');
    return socket;
  }

  async function next(socket: Socket): Promise<string> {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    return chunk.toString('hex');
  }

  it('connects when a card is put in, and answers ATR and commands', async () => {
    const chip = new EchoChip();
    slot.insert(chip);
    const socket = await reader();
    socket.write(bytes('000101000104'));
    expect(await next(socket)).toBe('00023b80');
    socket.write(bytes('000200A4'));
    expect(await next(socket)).toBe('000400a49000');
    expect(chip.seen).toEqual(['reset', '00a4']);
  });

  it('sends the first byte early when only the length has come, once', async () => {
    slot.insert(new EchoChip());
    const socket = await reader();
    for (const turn of [1, 2]) {
      socket.write(bytes('0002'));
      expect([turn, await next(socket)]).toEqual([turn, '00']);
      socket.write(bytes('00A4'));
      expect([turn, await next(socket)]).toEqual([turn, '0400a49000']);
    }
    socket.write(bytes('0001'));
    socket.write(bytes('04'));
    expect(await next(socket)).toBe('00023b80');
  });

  it('ends a length it has begun before it goes, so that the reader sees an empty answer', async () => {
    slot.insert(new EchoChip());
    slot.ailment = 'mute';
    const socket = await reader();
    socket.write(bytes('000200A4'.slice(0, 4)));
    expect(await next(socket)).toBe('00');
    const rest = next(socket);
    slot.remove();
    expect(await rest).toBe('02');
    await once(socket, 'end');
  });

  it('refuses an answer that its length byte cannot hold, and says so', async () => {
    const chip = new EchoChip();
    chip.answer = new Uint8Array(300);
    slot.insert(chip);
    const socket = await reader();
    socket.write(bytes('000200A4'));
    expect(await next(socket)).toBe('00026f00');
    expect(troubles.at(-1)).toMatchObject({ code: 'SIM-INVALID', detail: { note: 'an answer of 300 bytes' } });
  });

  it('comes back while a card is in, and powers the chip down when the reader goes', async () => {
    const chip = new EchoChip();
    slot.insert(chip);
    (await reader()).destroy();
    await once(server, 'connection');
    expect(chip.seen).toEqual(['off']);
  });

  it('stays empty long enough to be seen empty', async () => {
    slot.insert(new EchoChip());
    await reader();
    await expect.poll(() => slot.chip !== null).toBe(true);
    slot.remove();
    const removed = performance.now();
    slot.insert(new EchoChip());
    await once(server, 'connection');
    expect(performance.now() - removed).toBeGreaterThan(440);
  });

  it('takes one card', async () => {
    slot.insert(new EchoChip());
    expect(() => slot.insert(new EchoChip())).toThrow(expect.objectContaining({ code: 'SIM-INVALID' }));
  });

  it('lets a card be pulled by the command itself', async () => {
    const pulled = new VpcdSlot({ port, beforeCommand: () => pulled.remove() });
    const chip = new EchoChip();
    pulled.insert(chip);
    const socket = await reader();
    socket.write(bytes('000200A4'));
    await once(socket.resume(), 'end');
    expect(chip.seen).toEqual(['off']);
  });
});
