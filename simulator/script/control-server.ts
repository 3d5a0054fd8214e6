import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { StationFault, asStationFault } from '../../drivers/contracts/fault.ts';
import type { ControlAnswer, ControlRequest } from './control-protocol.ts';
import { parseControlRequest } from './control-request.ts';

export interface ControlServerOptions {
  /** Path of the unix socket; what lies there is replaced. */
  readonly socketPath: string;
  /** Does what is asked, and gives the result. A `StationFault` becomes the answer. */
  readonly serve: (request: ControlRequest) => Promise<unknown>;
}

const maxLineLength = 65_536;

/** Serves the control protocol on a unix socket; requests of all clients are done one after the other. */
export async function openControlServer(options: ControlServerOptions): Promise<AsyncDisposable> {
  await rm(options.socketPath, { force: true });
  const sockets = new Set<Socket>();
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = (line: string): Promise<ControlAnswer> => {
    const answer = turn.then(() => answerTo(line, options.serve));
    turn = answer;
    return answer;
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy()); // a client that left; nobody waits for the answer
    readLines(socket, (line) => {
      void inTurn(line).then((answer) => {
        if (socket.writable) socket.write(`${JSON.stringify(answer)}\n`);
      });
    });
  });
  await listen(server, options.socketPath);
  return {
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.end();
      await closed;
    },
  };
}

async function answerTo(line: string, serve: ControlServerOptions['serve']): Promise<ControlAnswer> {
  try {
    return { ok: true, result: await serve(parseControlRequest(line)) };
  } catch (error) {
    const { code, detail } = asStationFault(error);
    return { ok: false, code, field: detail.field ?? '', note: detail.note ?? '' };
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new StationFault('SIM-INVALID', { field: path, note: error.message }, error)));
    server.listen(path, resolve);
  });
}

function readLines(socket: Socket, take: (line: string) => void): void {
  let pending = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const lines = `${pending}${chunk}`.split('\n');
    pending = lines.pop() ?? '';
    if (pending.length > maxLineLength) socket.destroy();
    for (const line of lines) if (line.trim() !== '') take(line);
  });
}
