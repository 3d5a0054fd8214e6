import { connect, type Socket } from 'node:net';
import type { BytePort } from '../contracts/channel.ts';
import { within, type Clock, type Wait } from '../contracts/clock.ts';
import { StationFault } from '../contracts/fault.ts';
import { StreamPort } from './stream-port.ts';

export interface TcpPortOptions {
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
}

/**
 * Opens a TCP connection as a byte port. Throws `LNK-REFUSED` when nobody listens or the name is unknown, `LNK-TIMEOUT`,
 * `STA-ABORTED`. Nagle is off: a command is one write, and its answer is waited for.
 */
export async function openTcpPort(options: TcpPortOptions, limit: Wait): Promise<BytePort> {
  const socket = connect({ host: options.host, port: options.port, noDelay: true });
  try {
    await within(options.clock, limit, async () => connected(socket, options));
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return new StreamPort(socket, options.clock, async () => hangUp(socket));
}

async function connected(socket: Socket, { host, port }: TcpPortOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (error) => {
      reject(new StationFault('LNK-REFUSED', { note: `${host}:${String(port)}: ${error.message}` }, error));
    });
  });
}

async function hangUp(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  await new Promise<void>((resolve) => {
    socket.once('close', () => { resolve(); });
    socket.destroy();
  });
}
