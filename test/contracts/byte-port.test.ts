import { createServer } from 'node:net';
import { openCharacterDevice } from '../../drivers/channel/character-device.ts';
import { openSerialPort } from '../../drivers/channel/serial-port.ts';
import { openTcpPort } from '../../drivers/channel/tcp-port.ts';
import type { BytePort } from '../../drivers/contracts/channel.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { openPseudoTerminal } from '../../simulator/machine/pseudo-terminal.ts';
import { patient } from '../support/simulated-printer.ts';
import { bytePortContract, type BytePortSubject } from './byte-port-contract.ts';

async function onTerminal(open: (path: string) => Promise<BytePort>): Promise<BytePortSubject> {
  const terminal = await openPseudoTerminal();
  const received: Uint8Array[] = [];
  terminal.stream.on('data', (bytes: Uint8Array) => { received.push(bytes); });
  const port = await open(terminal.path);
  return {
    port,
    send: (bytes) => { terminal.stream.write(bytes); },
    received: () => Buffer.concat(received),
    unplug: async () => terminal[Symbol.asyncDispose](),
    openAgain: async () => open(terminal.path),
    async [Symbol.asyncDispose]() {
      await port[Symbol.asyncDispose]();
      if (!terminal.stream.destroyed) await terminal[Symbol.asyncDispose]();
    },
  };
}

async function onTcp(): Promise<BytePortSubject> {
  const received: Uint8Array[] = [];
  const sockets: import('node:net').Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => { received.push(bytes); });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const address = server.address();
  const number = typeof address === 'object' && address !== null ? address.port : 0;
  const open = async (): Promise<BytePort> => openTcpPort({ host: '127.0.0.1', port: number, clock: systemClock }, patient());
  const port = await open();
  const unplug = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    port,
    send: (bytes) => { for (const socket of sockets) if (!socket.destroyed) socket.write(bytes); },
    received: () => Buffer.concat(received),
    unplug,
    openAgain: open,
    async [Symbol.asyncDispose]() {
      await port[Symbol.asyncDispose]();
      if (server.listening) await unplug();
    },
  };
}

bytePortContract('A TCP port', onTcp);
bytePortContract('A serial line', async () => onTerminal(async (path) => openSerialPort({ path, baudRate: 115_200, clock: systemClock }, patient())));
bytePortContract('A printer node', async () => onTerminal(async (path) => openCharacterDevice({ path, clock: systemClock })));
