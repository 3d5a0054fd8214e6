import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { openTcpPort } from '../../../../drivers/channel/tcp-port.ts';
import type { BytePort } from '../../../../drivers/contracts/channel.ts';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { hasty, patient } from '../../../support/simulated-printer.ts';

const servers: Server[] = [];
const sockets: Socket[] = [];

async function serve(onSocket: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => socket.destroy());
    onSocket(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const open = async (port: number): Promise<BytePort> => openTcpPort({ host: '127.0.0.1', port, clock: systemClock }, patient());

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map(async (server) => new Promise((resolve) => server.close(resolve))));
});

describe('a TCP port', () => {
  test('carries bytes both ways', async () => {
    const port = await serve((socket) => socket.pipe(socket));
    await using link = await open(port);
    await link.write(Buffer.from('hello'), patient());
    expect(Buffer.from(await link.read(patient())).toString()).toBe('hello');
  });

  test('says that nobody listens', async () => {
    const port = await serve(() => undefined);
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    await expect(open(port)).rejects.toMatchObject({ code: 'LNK-REFUSED' });
  });

  test('runs out of patience when nothing comes, and can be read again afterwards', async () => {
    const port = await serve((socket) => socket.on('data', () => socket.write('late')));
    await using link = await open(port);
    await expect(link.read(hasty(30))).rejects.toMatchObject({ code: 'LNK-TIMEOUT' });
    await expect(link.read(hasty(0))).rejects.toMatchObject({ code: 'LNK-TIMEOUT' });
    await link.write(Buffer.from('x'), patient());
    expect(Buffer.from(await link.read(patient())).toString()).toBe('late');
  });

  test('gives what came before the end, then says that it is closed', async () => {
    const port = await serve((socket) => socket.end('bye'));
    await using link = await open(port);
    expect(Buffer.from(await link.read(patient())).toString()).toBe('bye');
    await expect(link.read(patient())).rejects.toMatchObject({ code: 'LNK-CLOSED' });
    await expect(link.write(Buffer.from('x'), patient())).rejects.toMatchObject({ code: 'LNK-CLOSED' });
  });

  test('stops when told to', async () => {
    const port = await serve(() => undefined);
    await using link = await open(port);
    const abort = new AbortController();
    const reading = link.read({ signal: abort.signal, timeoutMs: 10_000 });
    abort.abort();
    await expect(reading).rejects.toMatchObject({ code: 'STA-ABORTED' });
  });

  test('waits for a device that takes nothing only as long as it may', async () => {
    const port = await serve((socket) => socket.pause());
    await using link = await open(port);
    await expect(link.write(new Uint8Array(64 * 1024 * 1024), hasty(200))).rejects.toMatchObject({ code: 'LNK-TIMEOUT' });
  });

  test('frees a reader when it is disposed, and may be disposed twice', async () => {
    const port = await serve(() => undefined);
    const link = await open(port);
    const reading = link.read(patient());
    await Promise.all([expect(reading).rejects.toMatchObject({ code: 'LNK-CLOSED' }), link[Symbol.asyncDispose]()]);
    await link[Symbol.asyncDispose]();
  });
});
