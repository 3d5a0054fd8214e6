import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { chmod, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { asStationFault, StationFault } from '../../drivers/contracts/fault.ts';
import { askDesk, isDeskCall } from './desk-requests.ts';
import { answerMetrics } from './metrics-server.ts';
import type { StationDesk } from '../station/station-desk.ts';

const MAX_BODY_BYTES = 8 * 1024 * 1024;
const statusOk = 200;
const statusRefused = 422;
const statusBroken = 500;

/**
 * Serves the desk over HTTP on a unix socket that only the daemon's own user may open: `POST /v1/CALL` with a JSON body,
 * answered with JSON, or with `{code, detail}` of a fault and status 422; `GET /metrics` for a collector. Disposal ends it and removes the socket.
 */
export async function openDeskServer(socketPath: string, desk: StationDesk): Promise<AsyncDisposable> {
  const server = createServer((request, response) => {
    answer(desk, request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await rm(socketPath, { force: true });
  server.listen(socketPath);
  await once(server, 'listening');
  await chmod(socketPath, 0o600);
  return { [Symbol.asyncDispose]: () => close(server, socketPath) };
}

async function close(server: Server, socketPath: string): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => { server.close(() => resolve()); });
  await rm(socketPath, { force: true });
}

async function answer(desk: StationDesk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    if (request.method === 'GET' && request.url === '/metrics') return await answerMetrics(desk, response);
    const call = /^\/v1\/(\w+)$/.exec(request.url ?? '')?.[1] ?? '';
    if (request.method !== 'POST' || !isDeskCall(call)) throw new StationFault('CLI-USAGE', { field: 'call', note: `${request.method ?? ''} ${request.url ?? ''} is not known` });
    send(response, statusOk, await askDesk(desk, call, await bodyOf(request)));
  } catch (error) {
    const { code, detail } = asStationFault(error);
    send(response, code === 'STA-BUG' ? statusBroken : statusRefused, { code, detail });
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new StationFault('CLI-USAGE', { field: 'body', note: `longer than ${MAX_BODY_BYTES} bytes` });
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}');
  } catch (error) {
    throw new StationFault('CLI-USAGE', { field: 'body', note: 'not JSON' }, error);
  }
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value ?? null));
}
